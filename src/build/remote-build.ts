import { buildRemedy, summarizeBuildError } from '../diagnose/build-error.ts';
import type { DaemonEvent } from '../domain/activity.ts';
import type { BuildResult } from '../domain/build-result.ts';
import { ActionError, asActionError } from '../domain/errors.ts';
import { isGood, outcomeStatus, type OutcomeStatus } from '../domain/outcome.ts';
import { isDrvPath, type StorePath } from '../domain/store-path.ts';
import type { CopyInputs } from './copy-inputs.ts';
import type { InputWatch } from './input-watch.ts';
import { MachineFailures } from './machine-failures.ts';
import type { Phases } from './phases.ts';
import { presentTargets } from './presence.ts';
import {
  isFloating,
  knownOutputs,
  toDerivedPath,
  type BareResult,
  type Target,
  type TargetResult,
} from './target.ts';
import { resultsWhereNothingStarts } from './unstarted.ts';
import { upload, type UploadRequest } from './upload.ts';
import type { Workplace } from './workplace.ts';

export interface RemoteBuild extends Omit<UploadRequest, 'remote' | 'inputs'> {
  readonly copyInputs: CopyInputs;
  readonly workplace: Workplace;
  /** Told of builds in a remote store, for the report. */
  readonly watch?: InputWatch;
  /** Default: uploading is not measured. */
  readonly phases?: Phases;
}

/**
 * Builds targets in a remote store: uploads their derivations in one stream, and has them built by one request. A target whose inputs
 * cannot be had there fails, and the others are built. Outputs that are wanted back start coming as soon as their build has stopped.
 * @returns one result for each target, whatever goes wrong
 */
export async function buildRemotely(
  build: RemoteBuild,
  targets: readonly Target[],
): Promise<ReadonlyMap<StorePath, TargetResult>> {
  const { workplace } = build;
  const { place, session, tracker } = workplace;
  const results = new Map<StorePath, TargetResult>();
  try {
    let early: Promise<ReadonlyMap<StorePath, TargetResult>> | undefined;
    const onQueued = (): void => {
      early = request(build, targets);
      early.catch(() => undefined); // waited for below, unless uploading fails first
    };
    const inputs = { copyInputs: build.copyInputs, ...place.inputs };
    const keys = targets.map((target) => target.key);
    const uploading = { ...build, inputs, remote: session, onQueued };
    const sending = (): ReturnType<typeof upload> => upload(uploading, keys);
    const failures = await (build.phases?.measure('upload', sending) ?? sending());
    tracker.requested(); // now, at the latest, the daemon turns to it
    for (const [key, error] of failures) {
      results.set(key, workplace.result(key, { status: 'failed', outputs: new Map(), error }));
    }
    const possible = targets.filter((target) => !results.has(target.key));
    if (possible.length === 0) return results;
    const answers = await (early ?? request(build, possible));
    for (const [key, result] of answers) results.set(key, result);
    await settleUnanswered(workplace, possible, results);
  } catch (thrown) {
    const failure = failedBy(build.signal, thrown);
    for (const { key } of targets) {
      if (!results.has(key)) results.set(key, workplace.result(key, failure));
    }
  }
  return results;
}

async function request(
  { workplace, signal, watch }: RemoteBuild,
  targets: readonly Target[],
): Promise<ReadonlyMap<StorePath, TargetResult>> {
  const { session, tracker, place } = workplace;
  const byKey = new Map(targets.map((target) => [target.key, target]));
  tracker.requested();
  if (workplace.store === 'remote')
    tracker.onStarted = (drvPath) => watch?.started(drvPath, session);
  tracker.onStopped = (drvPath) => {
    const target = byKey.get(drvPath);
    if (!target || isFloating(target)) return;
    watch?.stopped(knownOutputs(target), session);
    workplace.enqueueCopy(target, knownOutputs(target), { validity: 'maybe' });
  };
  const failures = new MachineFailures(tracker, place.lossOf);
  const hear = (event: DaemonEvent): void => {
    failures.hear(event);
    tracker.hear(event.kind === 'message' ? { ...event, text: place.rename(event.text) } : event);
  };
  const answers = new Map<StorePath, BuildResult>();
  const wanted = targets.map((target) => ({
    path: toDerivedPath(target),
    outputs: isFloating(target) ? undefined : knownOutputs(target),
  }));
  const paths = wanted.map(({ path }) => path);
  const told = await session
    .build(paths, 'normal', hear)
    .catch((error: unknown) => resultsWhereNothingStarts(session, wanted, error));
  for (const result of told) {
    const { path } = result;
    const restated = failures.restated(result);
    const renamed = { ...restated, errorMessage: place.rename(restated.errorMessage) };
    answers.set(path.kind === 'built' ? path.drvPath : path.path, renamed);
  }
  const results = targets.map((target) => {
    const answer = answers.get(target.key);
    const lost = answer && failures.lossDuring(answer);
    const bare = lost ? failedBy(signal, lost) : interpret(target, answer);
    const result = workplace.result(target.key, bare);
    if (isGood(result.status)) {
      const realisations = isFloating(target) ? [...(answer?.realisations.values() ?? [])] : [];
      workplace.enqueueCopy(target, result.outputs, { validity: 'valid', realisations });
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
  workplace: Workplace,
  targets: readonly Target[],
  results: Map<StorePath, TargetResult>,
): Promise<void> {
  const unanswered = targets.filter(({ key }) => results.get(key)?.status === 'cancelled');
  const present = await presentTargets(workplace, unanswered);
  for (const target of unanswered) {
    const there = present.get(target.key);
    if (!there) continue;
    const wasBuilt = isDrvPath(target.key) && workplace.tracker.secondsOf(target.key) !== undefined;
    const status = wasBuilt ? 'built' : 'cached';
    results.set(target.key, workplace.result(target.key, { ...there, status }));
    workplace.enqueueCopy(target, there.outputs, { validity: 'valid' });
  }
}

function interpret(target: Target, answer: BuildResult | undefined): BareResult {
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
  const { errorMessage } = answer;
  const hint = buildRemedy(errorMessage);
  return new ActionError('build-failed', summarizeBuildError(errorMessage), { hint });
}

/** What a broken session means for every target that waits for it. */
function failedBy(signal: AbortSignal, thrown: unknown): BareResult {
  const error = asActionError(thrown);
  return { status: failureStatus(signal, error), outputs: new Map(), error };
}

function failureStatus(signal: AbortSignal, error: ActionError): OutcomeStatus {
  if (signal.aborted || error.code === 'cancelled') return 'cancelled';
  return error.code === 'connection-lost' ? 'connection-lost' : 'failed';
}
