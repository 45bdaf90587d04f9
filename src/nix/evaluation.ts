import type { AttrPath } from '../domain/attr-path.ts';
import type { ActionError } from '../domain/errors.ts';
import type { Installable } from '../domain/installable.ts';
import type { DrvPath, StorePath } from '../domain/store-path.ts';
import type { MachineSystem } from '../domain/machine.ts';
import type { Position } from '../domain/position.ts';
import type { NixError } from './log-line.ts';

/** What all evaluated attributes have. */
interface Evaluated {
  readonly installable: Installable;
  /**
   * The attribute's whole path as Nix prints it, `packages.x86_64-linux.hello`; what the user wrote where no path is known.
   */
  readonly attribute: string;
}

/** An attribute that is a derivation; its `.drv` file is in the local store. */
export interface EvaluatedDerivation extends Evaluated {
  readonly kind: 'derivation';
  /** Its path below the set that the installable expanded to; empty if the installable is the derivation itself. */
  readonly member: AttrPath;
  readonly drvPath: DrvPath;
  readonly name: string;
  readonly system: MachineSystem;
  /** All its outputs; `undefined` where the path is known only once it is built (floating content-addressed). */
  readonly outputs: ReadonlyMap<string, StorePath | undefined>;
  /** Those to build: the ones asked for, else `meta.outputsToInstall`, else `out`. Sorted. */
  readonly wantedOutputs: readonly string[];
  readonly requiredSystemFeatures: readonly string[];
  /** `meta.position`, `file:line`. */
  readonly position: string | undefined;
}

/** A store path that was asked for by itself. */
export interface EvaluatedStorePath extends Evaluated {
  readonly kind: 'store-path';
  readonly path: StorePath;
}

/** An attribute that cannot be built, and why. */
export interface EvaluationFailure extends Evaluated {
  readonly kind: 'failed';
  /** `evaluation-failed`, or `installable-unknown` if there is nothing of that name. */
  readonly error: ActionError;
  /** Where Nix says that it failed; else where the attribute is defined. */
  readonly position: Position | undefined;
  /** Nix's own words. */
  readonly nixError: NixError | undefined;
}

export type EvaluatedAttribute = EvaluatedDerivation | EvaluatedStorePath | EvaluationFailure;

export interface Evaluation {
  /** In the order of the installables, and lexicographic within each. */
  readonly attributes: readonly EvaluatedAttribute[];
  /** Systems that the expanded sets have attributes for, and that were not asked for. */
  readonly passedOver: ReadonlySet<string>;
}
