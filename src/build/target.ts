import type { DerivedPath } from '../domain/derived-path.ts';
import type { ActionError } from '../domain/errors.ts';
import type { OutcomeStatus } from '../domain/outcome.ts';
import { isDrvPath, type StorePath } from '../domain/store-path.ts';
import type { OutputDifference } from '../domain/tree-difference.ts';

/** A derivation to be built, or a store path to be had, for one attribute or several. */
export interface Target {
  /** The derivation, or the store path. */
  readonly key: StorePath;
  /** The wanted outputs; a path is undefined until a floating content-addressed derivation is built. */
  readonly outputs: ReadonlyMap<string, StorePath | undefined>;
  readonly copy: 'copy' | 'leave';
}

/** What became of a target. */
export interface TargetResult {
  readonly status: OutcomeStatus;
  readonly outputs: ReadonlyMap<string, StorePath>;
  readonly error: ActionError | undefined;
  /** Which store has its outputs, if any has. */
  readonly store: 'local' | 'remote';
  /** Who built it, or has it, for people. */
  readonly remote: string | undefined;
  /** Seconds that its own build took; undefined if it was not built. */
  readonly seconds: number | undefined;
  /** Of outputs that came out otherwise when they were built again. */
  readonly differences?: readonly OutputDifference[] | undefined;
}

/** What is known of a result apart from who came to it. */
export type BareResult = Pick<TargetResult, 'status' | 'outputs' | 'error'>;

/** Whether a path of its outputs is known only once it is built. */
export function isFloating(target: Target): boolean {
  return [...target.outputs.values()].includes(undefined);
}

/** What a store is asked for, for this target. */
export function toDerivedPath({ key, outputs }: Target): DerivedPath {
  return isDrvPath(key)
    ? { kind: 'built', drvPath: key, outputs: [...outputs.keys()] }
    : { kind: 'opaque', path: key };
}

/** The paths of its outputs, as far as they are known before it is built. */
export function knownOutputs({ outputs }: Target): ReadonlyMap<string, StorePath> {
  return new Map(
    [...outputs].flatMap(([name, path]) => (path === undefined ? [] : [[name, path] as const])),
  );
}
