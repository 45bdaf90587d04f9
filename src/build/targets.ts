import { isGood, type Outcome } from '../domain/outcome.ts';
import { parsePosition, type Position } from '../domain/position.ts';
import type { StorePath } from '../domain/store-path.ts';
import type {
  EvaluatedAttribute,
  EvaluatedDerivation,
  EvaluatedStorePath,
  EvaluationFailure,
} from '../nix/evaluation.ts';
import { isCopied, type CopySelection } from './copy-selection.ts';
import type { CopiedBack } from './copy-back.ts';
import type { Target, TargetResult } from './target.ts';

/** What to build: attributes that share a derivation (an alias, a default package) become one target. */
export function planTargets(
  attributes: readonly EvaluatedAttribute[],
  copy: CopySelection,
): readonly Target[] {
  const targets = new Map<StorePath, Target>();
  for (const attribute of attributes) {
    if (attribute.kind === 'failed') continue;
    const key = keyOf(attribute);
    const known = targets.get(key);
    targets.set(key, {
      key,
      outputs: new Map([...(known?.outputs ?? []), ...wantedOutputs(attribute)]),
      copy: known?.copy === 'copy' || isCopied(copy, attribute.attribute) ? 'copy' : 'leave',
    });
  }
  return [...targets.values()];
}

/** What can be had from a store. */
type Buildable = EvaluatedDerivation | EvaluatedStorePath;

/** What is known of targets once building and copying have ended. */
export interface Ended {
  readonly results: ReadonlyMap<StorePath, TargetResult>;
  readonly copies: CopiedBack;
  readonly copy: CopySelection;
}

/** One outcome for each attribute, in the order of evaluation. */
export function collectOutcomes(
  attributes: readonly EvaluatedAttribute[],
  ended: Ended,
): readonly Outcome[] {
  return attributes.map((attribute) =>
    attribute.kind === 'failed' ? failureOutcome(attribute) : buildOutcome(attribute, ended),
  );
}

function failureOutcome(failure: EvaluationFailure): Outcome {
  const { installable, attribute, error } = failure;
  return {
    installable: installable.text,
    attribute,
    system: undefined,
    drvPath: undefined,
    outputs: new Map(),
    status: 'evaluation-failed',
    remote: undefined,
    seconds: undefined,
    copied: false,
    error,
    positions: positionsOf(failure),
  };
}

function buildOutcome(attribute: Buildable, ended: Ended): Outcome {
  const key = keyOf(attribute);
  const result = ended.results.get(key);
  const isHere = ended.copies.copied.has(key);
  const told = result?.status ?? 'cancelled';
  // The link may break, or the job be cancelled, between the copy of an output and the answer for its build.
  const isUnanswered = told === 'connection-lost' || told === 'cancelled';
  const status = isHere && isUnanswered ? 'built' : told;
  const derivation = attribute.kind === 'derivation' ? attribute : undefined;
  return {
    installable: attribute.installable.text,
    attribute: attribute.attribute,
    system: derivation?.system,
    drvPath: derivation?.drvPath,
    outputs: ownOutputs(attribute, result?.outputs),
    status,
    remote: result?.remote,
    seconds: result?.seconds,
    copied: isHere && isCopied(ended.copy, attribute.attribute),
    error: (isGood(status) ? undefined : result?.error) ?? ended.copies.failures.get(key),
    differences: result?.differences,
    positions: [parsePosition(derivation?.position ?? '')].filter(isKnown),
  };
}

/** Where it failed, what led there from the inside out, and where the attribute is defined. */
function positionsOf({ nixError, position }: EvaluationFailure): readonly Position[] {
  const frames = nixError?.trace.map((frame) => frame.position) ?? [];
  return [nixError?.position, ...frames, position].filter(isKnown);
}

function isKnown(position: Position | undefined): position is Position {
  return position !== undefined;
}

/** The outputs that this attribute wants, of those that its target has. */
function ownOutputs(
  attribute: Buildable,
  realised: ReadonlyMap<string, StorePath> | undefined,
): ReadonlyMap<string, StorePath> {
  return new Map(
    [...wantedOutputs(attribute)].flatMap(([name, planned]) => {
      const path = realised?.get(name) ?? planned;
      return path === undefined ? [] : [[name, path] as const];
    }),
  );
}

/** The target that an attribute is of. */
export function keyOf(attribute: Buildable): StorePath {
  return attribute.kind === 'derivation' ? attribute.drvPath : attribute.path;
}

/** A store path that was asked for by itself is its own and only output. */
function wantedOutputs(attribute: Buildable): ReadonlyMap<string, StorePath | undefined> {
  if (attribute.kind === 'store-path') return new Map([['out', attribute.path]]);
  return new Map(attribute.wantedOutputs.map((name) => [name, attribute.outputs.get(name)]));
}
