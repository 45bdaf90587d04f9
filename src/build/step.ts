import { readFile } from 'node:fs/promises';
import { toError, type ActionError } from '../domain/errors.ts';
import { isDrvPath, type StorePath } from '../domain/store-path.ts';
import type { Evaluation } from '../nix/evaluation.ts';
import { candidatePaths, derivationClosure } from '../store/derivation-closure.ts';
import { openLocalStore, type LocalStore } from '../store/local-store.ts';
import { ActivityTracker } from './activity-tracker.ts';
import { endBuilds } from './cancel.ts';
import { CopyBack } from './copy-back.ts';
import { DerivationLogs } from './derivation-logs.ts';
import type { Observe } from './events.ts';
import { localImportCheck } from './local-import.ts';
import { linkCopied } from './linked-attributes.ts';
import { Phases } from './phases.ts';
import { connectAndEvaluate } from './prepare.ts';
import { buildRemotely, type Target, type TargetResult } from './remote-build.ts';
import type { Remote } from './remote.ts';
import type { StepContext, StepReport, StepRequest } from './step-request.ts';
import { collectOutcomes, planTargets } from './targets.ts';

/** What the verbs of a step share, once it is connected and has evaluated. */
interface Step {
  readonly request: StepRequest;
  readonly context: StepContext;
  readonly phases: Phases;
  /** Closed when the step ends, last opened first. */
  readonly opened: AsyncDisposableStack;
  readonly remote: Remote;
  readonly local: LocalStore;
  readonly tracker: ActivityTracker;
}

/**
 * One step: connects while it evaluates, builds in the remote store, copies back while it builds, and reports each attribute.
 * A failed attribute is part of the report; what rejects is what kept the step from building at all.
 * @throws ActionError when the remote cannot be reached or nothing can be evaluated
 */
export async function runStep(request: StepRequest, context: StepContext): Promise<StepReport> {
  await using opened = new AsyncDisposableStack();
  const logs = await DerivationLogs.create(context.logDirectory);
  opened.defer(async () => {
    await logs.close();
  });
  const observe = alsoTo(logs, context.observe);
  const phases = new Phases(context.clock, observe);
  const { remote, local, evaluation } = await connectAndEvaluate(request, context, phases, opened);
  const tracker = new ActivityTracker(observe, context.clock);
  const step = {
    request,
    context: { ...context, observe },
    phases,
    opened,
    remote,
    local,
    tracker,
  };

  const targets = planTargets(evaluation.attributes, request.copy);
  const copyBack = await prepareCopyBack(step, targets);
  const results = await build(step, targets, copyBack);
  const copyFailures = copyBack
    ? await phases.measure('copy-back', () => copyBack.finish())
    : none();
  return await report(step, evaluation, { results, copyFailures, copyBack });
}

/** Asks before anything is built whether its outputs could be imported at all. */
async function prepareCopyBack(
  { context, remote, local, opened }: Step,
  targets: readonly Target[],
): Promise<CopyBack | undefined> {
  if (!targets.some((target) => target.copy === 'copy')) return undefined;
  const copyBack = new CopyBack({
    openStores: async () => {
      const [from, to] = await Promise.all([
        remote.openSession(),
        openLocalStore({ env: context.env }),
      ]);
      return { from, to: to.store };
    },
    candidates: outputCandidates,
    check: await localImportCheck(local.store, remote, context),
    observe: context.observe,
    signal: context.signal,
  });
  opened.defer(() => copyBack.close());
  return copyBack;
}

/** All that the outputs of these derivations can refer to, out of the .drv files that evaluation left here. */
async function outputCandidates(keys: readonly StorePath[]): Promise<ReadonlySet<StorePath>> {
  const drvPaths = keys.filter((key) => isDrvPath(key));
  return candidatePaths(await derivationClosure(drvPaths, (path) => readFile(path, 'utf8')));
}

async function build(
  { context, phases, opened, remote, local, tracker }: Step,
  targets: readonly Target[],
  copyBack: CopyBack | undefined,
): Promise<ReadonlyMap<StorePath, TargetResult>> {
  if (targets.length === 0) return new Map();
  const { observe, signal } = context;
  const store = await remote.openBuildSession(observe);
  opened.defer(() => store.close());
  const onAbort = (): void => void endBuilds(store, tracker, abortReason(signal));
  signal.addEventListener('abort', onAbort);
  opened.defer(() => signal.removeEventListener('abort', onAbort));
  if (signal.aborted) onAbort();
  const parts = { local: local.store, remote: store, tracker, copyBack, observe, signal };
  return phases.measure('build', () => buildRemotely(parts, targets));
}

interface Results {
  readonly results: ReadonlyMap<StorePath, TargetResult>;
  readonly copyFailures: ReadonlyMap<StorePath, ActionError>;
  readonly copyBack: CopyBack | undefined;
}

async function report(
  { request, context, phases, remote, tracker }: Step,
  evaluation: Evaluation,
  { results, copyFailures, copyBack }: Results,
): Promise<StepReport> {
  const outcomes = collectOutcomes(evaluation.attributes, {
    results,
    copyFailures,
    secondsOf: (drvPath) => tracker.secondsOf(drvPath),
    remote: remote.label,
    copy: request.copy,
  });
  const linkFailures = copyBack
    ? await linkCopied(request, evaluation.attributes, outcomes, await copyBack.destination())
    : [];
  for (const outcome of outcomes) context.observe({ kind: 'attribute-done', outcome });
  return {
    remote: remote.label,
    outcomes,
    problems: [...new Set(copyFailures.values()), ...linkFailures],
    bytesUploaded: remote.bytesSent,
    bytesDownloaded: remote.bytesReceived,
    seconds: phases.seconds,
  };
}

/** Every line that a build prints goes to its log file as well. */
function alsoTo(logs: DerivationLogs, observe: Observe): Observe {
  return (event) => {
    if (event.kind === 'build-log') logs.write(event.drvPath, event.line);
    observe(event);
  };
}

function none(): ReadonlyMap<StorePath, ActionError> {
  return new Map();
}

function abortReason(signal: AbortSignal): Error {
  return toError(signal.reason);
}
