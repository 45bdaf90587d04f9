import { summarizeBuildError } from '../diagnose/build-error.ts';
import type { DaemonEvent } from '../domain/activity.ts';
import type { BuildResult } from '../domain/build-result.ts';
import type { DerivedPath } from '../domain/derived-path.ts';
import { ActionError, asActionError } from '../domain/errors.ts';
import { isGood, outcomeStatus, type OutcomeStatus } from '../domain/outcome.ts';
import { isDrvPath, type StorePath } from '../domain/store-path.ts';
import type { ActivityTracker } from './activity-tracker.ts';
import type { CopyBack, CopyRequest } from './copy-back.ts';
import { MachineFailures, type MachineLoss } from './machine-failures.ts';
import { resultsWhereNothingStarts } from './unstarted.ts';
import { upload, type UploadRequest } from './upload.ts';

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
}

export interface RemoteBuild extends UploadRequest {
  readonly tracker: ActivityTracker;
  /** Nix's texts as people are to read them. */
  readonly rename: (text: string) => string;
  /** Of the connection to a machine, as its daemon calls that. */
  readonly lossOf: (machine: string) => MachineLoss | undefined;
  readonly copyBack: CopyBack | undefined;
}

/**
 * Builds targets in a remote store: asks once what is there already, uploads the derivations of the rest in one stream, and has them
 * built by one request. A target whose inputs cannot be had there fails, and the others are built. Outputs that are wanted back start
 * coming as soon as their build has stopped.
 */
export async function buildRemotely(
  build: RemoteBuild,
  targets: readonly Target[],
): Promise<ReadonlyMap<StorePath, TargetResult>> {
  const results = new Map<StorePath, TargetResult>();
  try {
    const missing = await settleCached(build, targets, results);
    const cached = targets.length - missing.length;
    build.observe({ kind: 'to-build', attributes: missing.length, cached });
    if (missing.length === 0) return results;
    let early: Promise<ReadonlyMap<StorePath, TargetResult>> | undefined;
    const onQueued = (): void => {
      early = request(build, missing);
      early.catch(() => undefined); // waited for below, unless uploading fails first
    };
    const keys = missing.map((target) => target.key);
    const failures = await upload({ ...build, onQueued }, keys);
    build.tracker.requested(); // now, at the latest, the daemon turns to it
    for (const [key, error] of failures) {
      results.set(key, { status: 'failed', outputs: new Map(), error });
    }
    const possible = missing.filter((target) => !results.has(target.key));
    if (possible.length === 0) return results;
    const answers = await (early ?? request(build, possible));
    for (const [key, result] of answers) results.set(key, result);
    await settleUnanswered(build, possible, results);
  } catch (thrown) {
    const failure = failedBy(build.signal, thrown);
    for (const { key } of targets) if (!results.has(key)) results.set(key, failure);
  }
  return results;
}

/** One exchange, the first of the build: temporary roots for every known output, and which of them are valid. */
async function settleCached(
  { remote, copyBack }: RemoteBuild,
  targets: readonly Target[],
  results: Map<StorePath, TargetResult>,
): Promise<readonly Target[]> {
  const known = [...new Set(targets.flatMap((target) => knownOutputs(target)))];
  const [valid] = await Promise.all([remote.queryValidPaths(known), remote.addTempRoots(known)]);
  return targets.filter((target) => {
    const outputs = realised(target.outputs);
    if (outputs.size < target.outputs.size) return true;
    const present = [...outputs.values()].every((output) => valid.has(output));
    if (!present) return true;
    results.set(target.key, { status: 'cached', outputs, error: undefined });
    enqueueCopy(copyBack, target, outputs, { validity: 'valid' });
    return false;
  });
}

async function request(
  build: RemoteBuild,
  targets: readonly Target[],
): Promise<ReadonlyMap<StorePath, TargetResult>> {
  const { remote, tracker, copyBack, rename, lossOf } = build;
  const byKey = new Map(targets.map((target) => [target.key, target]));
  tracker.requested();
  tracker.onStopped = (drvPath) => {
    const target = byKey.get(drvPath);
    if (!target || isFloating(target)) return;
    enqueueCopy(copyBack, target, realised(target.outputs), { validity: 'maybe' });
  };
  const failures = new MachineFailures(tracker, lossOf);
  const hear = (event: DaemonEvent): void => {
    failures.hear(event);
    tracker.hear(event.kind === 'message' ? { ...event, text: rename(event.text) } : event);
  };
  const answers = new Map<StorePath, BuildResult>();
  const wanted = targets.map((target) => ({
    path: toDerivedPath(target),
    outputs: isFloating(target) ? undefined : realised(target.outputs),
  }));
  const paths = wanted.map(({ path }) => path);
  const told = await remote
    .build(paths, 'normal', hear)
    .catch((error: unknown) => resultsWhereNothingStarts(remote, wanted, error));
  for (const result of told) {
    const { path } = result;
    const restated = failures.restated(result);
    const renamed = { ...restated, errorMessage: rename(restated.errorMessage) };
    answers.set(path.kind === 'built' ? path.drvPath : path.path, renamed);
  }
  const results = targets.map((target) => {
    const answer = answers.get(target.key);
    const lost = answer && failures.lossDuring(answer);
    const result = lost ? failedBy(build.signal, lost) : interpret(target, answer);
    if (isGood(result.status)) {
      const realisations = isFloating(target) ? [...(answer?.realisations.values() ?? [])] : [];
      enqueueCopy(copyBack, target, result.outputs, { validity: 'valid', realisations });
    }
    return [target.key, result] as const;
  });
  return new Map(results);
}

/**
 * Without keep-going, Nix gives no answer for what it did not wait for when something else failed. Some of that is there: built as
 * what another target needs, or before.
 */
async function settleUnanswered(
  { remote, tracker, copyBack }: RemoteBuild,
  targets: readonly Target[],
  results: Map<StorePath, TargetResult>,
): Promise<void> {
  const unanswered = targets.filter(({ key }) => results.get(key)?.status === 'cancelled');
  const valid = await remote.queryValidPaths(unanswered.flatMap((each) => knownOutputs(each)));
  for (const target of unanswered) {
    const outputs = realised(target.outputs);
    if (isFloating(target) || ![...outputs.values()].every((output) => valid.has(output))) continue;
    const wasBuilt = isDrvPath(target.key) && tracker.secondsOf(target.key) !== undefined;
    results.set(target.key, { status: wasBuilt ? 'built' : 'cached', outputs, error: undefined });
    enqueueCopy(copyBack, target, outputs, { validity: 'valid' });
  }
}

function interpret(target: Target, answer: BuildResult | undefined): TargetResult {
  const status = answer ? outcomeStatus(answer.status, answer.errorMessage) : 'cancelled';
  if (!answer || !isGood(status)) {
    return { status, outputs: new Map(), error: buildError(status, answer) };
  }
  const outputs = new Map(
    [...target.outputs].flatMap(([name, planned]) => {
      const path = answer.outputs.get(name) ?? planned;
      return path === undefined ? [] : [[name, path] as const];
    }),
  );
  return { status, outputs, error: undefined };
}

function buildError(status: OutcomeStatus, answer: BuildResult | undefined): ActionError {
  if (status === 'cancelled' || !answer) {
    return new ActionError('cancelled', 'not built, because another derivation failed first', {
      hint: 'Set keep-going: true to build all that can be built.',
    });
  }
  const hint =
    status === 'unsupported-system'
      ? 'Use a builder for that system and with those features, or set extra-platforms on this one if it can run such programs.'
      : undefined;
  return new ActionError('build-failed', summarizeBuildError(answer.errorMessage), { hint });
}

/** What a broken session means for every target that waits for it. */
function failedBy(signal: AbortSignal, thrown: unknown): TargetResult {
  const error = asActionError(thrown);
  return { status: failureStatus(signal, error), outputs: new Map(), error };
}

function failureStatus(signal: AbortSignal, error: ActionError): OutcomeStatus {
  if (signal.aborted || error.code === 'cancelled') return 'cancelled';
  return error.code === 'connection-lost' ? 'connection-lost' : 'failed';
}

function enqueueCopy(
  copyBack: CopyBack | undefined,
  target: Target,
  outputs: ReadonlyMap<string, StorePath>,
  rest: Pick<CopyRequest, 'validity' | 'realisations'>,
): void {
  if (target.copy === 'leave' || outputs.size === 0) return;
  copyBack?.enqueue({ key: target.key, outputs: [...outputs.values()], ...rest });
}

/** Whether a path of its outputs is known only once it is built. */
function isFloating(target: Target): boolean {
  return [...target.outputs.values()].includes(undefined);
}

function toDerivedPath(target: Target): DerivedPath {
  const { key, outputs } = target;
  return isDrvPath(key)
    ? { kind: 'built', drvPath: key, outputs: [...outputs.keys()] }
    : { kind: 'opaque', path: key };
}

function knownOutputs(target: Target): readonly StorePath[] {
  return [...realised(target.outputs).values()];
}

function realised(
  outputs: ReadonlyMap<string, StorePath | undefined>,
): ReadonlyMap<string, StorePath> {
  return new Map(
    [...outputs].flatMap(([name, path]) => (path === undefined ? [] : [[name, path] as const])),
  );
}
