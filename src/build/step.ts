import { toError } from '../domain/errors.ts';
import { isGood } from '../domain/outcome.ts';
import type { StorePath } from '../domain/store-path.ts';
import { daemonSocketPath } from '../nix/environment.ts';
import type { EvaluatedAttribute } from '../nix/evaluation.ts';
import { openLocalStore } from '../store/local-store.ts';
import { ActivityTracker } from './activity-tracker.ts';
import { endBuilds } from './cancel.ts';
import { CopyBack, type CopiedBack } from './copy-back.ts';
import { unmatchedGlobs } from './copy-selection.ts';
import { DerivationLogs } from './derivation-logs.ts';
import type { Observe } from './events.ts';
import { linkCopied } from './linked-attributes.ts';
import { MachineErrors } from './machine-errors.ts';
import { outputCandidates } from './output-candidates.ts';
import { Phases } from './phases.ts';
import { prepare, type Prepared } from './prepare.ts';
import { openGivenConf } from './runner-conf.ts';
import { buildRemotely, type Target, type TargetResult } from './remote-build.ts';
import type { StepContext, StepReport, StepRequest } from './step-request.ts';
import { collectOutcomes, planTargets } from './targets.ts';

/** What the verbs of a step share, once it is connected and has evaluated. */
interface Step extends Prepared {
  readonly request: StepRequest;
  readonly context: StepContext;
  readonly phases: Phases;
  readonly tracker: ActivityTracker;
  readonly machineErrors: MachineErrors;
  /** Closed when the step ends, last opened first. */
  readonly opened: AsyncDisposableStack;
}

/**
 * One step: connects while it evaluates, builds in the remote store, copies back while it builds, and reports each attribute.
 * A failed attribute is part of the report; what rejects is what kept the step from building at all.
 * @throws ActionError when the remote cannot be reached or nothing can be evaluated
 */
export async function runStep(request: StepRequest, context: StepContext): Promise<StepReport> {
  await using opened = new AsyncDisposableStack();
  const logs = await DerivationLogs.create(context.logDirectory);
  opened.defer(() => logs.close());
  const observe = alsoTo(logs, context.observe);
  const phases = new Phases(context.clock, observe);
  const observed = { ...context, observe };
  const inner = { ...observed, env: await environmentOf(request, observed, opened) };
  const prepared = await prepare(request, inner, phases, opened);
  const tracker = new ActivityTracker((event) => {
    machineErrors.hear(event);
    observe(event);
  }, context.clock);
  const machineErrors = new MachineErrors((drvPath) => tracker.machineOf(drvPath));
  const step = { ...prepared, request, context: inner, phases, tracker, machineErrors, opened };

  const { attributes } = prepared.evaluation;
  warnOfUnmatched(step, attributes);
  const targets = planTargets(attributes, request.copy);
  const copyBack = startCopyBack(step);
  const results = await build(step, targets, copyBack);
  const copies = await finishCopies(step, copyBack, results);
  return await report(step, { results, copies, copyBack });
}

/** What every Nix of this step goes by. With builders its configuration is written when they are known. */
async function environmentOf(
  { destination, nixConf }: StepRequest,
  context: StepContext,
  opened: AsyncDisposableStack,
): Promise<StepContext['env']> {
  if (destination.mode === 'builders') return context.env;
  return (await openGivenConf(nixConf, context, opened)).env;
}

function warnOfUnmatched({ request, context }: Step, all: readonly EvaluatedAttribute[]): void {
  const names = all.map(({ attribute }) => attribute);
  for (const glob of unmatchedGlobs(request.copy, names)) {
    context.observe({ kind: 'warning', text: `copy-outputs: no attribute matches '${glob}'` });
  }
}

function startCopyBack({
  context: { env, observe, signal },
  place: { openSession },
  importCheck,
  opened,
}: Step): CopyBack | undefined {
  if (importCheck === undefined || !openSession) return undefined;
  const copyBack = new CopyBack({
    openStores: async () => {
      const { store: to } = await openLocalStore({ env, socketPath: daemonSocketPath(env) });
      try {
        return { from: await openSession(), to };
      } catch (error) {
        to.close();
        throw error;
      }
    },
    candidates: outputCandidates,
    check: importCheck,
    observe,
    signal,
  });
  opened.defer(() => copyBack.close());
  return copyBack;
}

async function build(
  step: Step,
  targets: readonly Target[],
  copyBack: CopyBack | undefined,
): Promise<ReadonlyMap<StorePath, TargetResult>> {
  const { request, context, phases, opened, place, session, local, tracker, machineErrors } = step;
  const { observe, signal } = context;
  const onAbort = (): void => void endBuilds(session, tracker, toError(signal.reason));
  signal.addEventListener('abort', onAbort);
  opened.defer(() => signal.removeEventListener('abort', onAbort));
  if (signal.aborted) onAbort();
  const parts = {
    local: local.store,
    remote: session,
    inputs: { copyInputs: request.copyInputs, ...place.inputs },
    rename: place.rename,
    lossOf: place.lossOf,
    ...{ tracker, copyBack, observe, signal },
  };
  const results = await phases.measure('build', () => buildRemotely(parts, targets));
  return machineErrors.explain(results, place);
}

/** Most copies ended while others still built; this waits for the last. */
async function finishCopies(
  { phases, place }: Step,
  copyBack: CopyBack | undefined,
  results: ReadonlyMap<StorePath, TargetResult>,
): Promise<CopiedBack> {
  if (!place.openSession) return { copied: goodKeys(results), failures: new Map() };
  if (!copyBack) return { copied: new Set(), failures: new Map() };
  return phases.measure('copy-back', () => copyBack.finish());
}

/** What was built is here already. */
function goodKeys(results: ReadonlyMap<StorePath, TargetResult>): ReadonlySet<StorePath> {
  return new Set([...results].filter(([, { status }]) => isGood(status)).map(([key]) => key));
}

interface Results {
  readonly results: ReadonlyMap<StorePath, TargetResult>;
  readonly copies: CopiedBack;
  readonly copyBack: CopyBack | undefined;
}

async function report(
  { request, context, phases, place, session, local, tracker, evaluation }: Step,
  { results, copies, copyBack }: Results,
): Promise<StepReport> {
  const outcomes = collectOutcomes(evaluation.attributes, {
    results,
    copies,
    secondsOf: (drvPath) => tracker.secondsOf(drvPath),
    remoteOf: (drvPath) => place.builderOf(drvPath && tracker.machineOf(drvPath)),
    copy: request.copy,
  });
  const home = place.openSession ? local.store : session;
  const destination = async () => (await copyBack?.destination()) ?? home;
  const linkFailures = await linkCopied(request, evaluation.attributes, outcomes, destination);
  for (const outcome of outcomes) context.observe({ kind: 'attribute-done', outcome });
  const { destination: chosen } = request;
  return {
    mode: chosen.mode,
    reason: chosen.mode === 'local' ? chosen.reason : undefined,
    remote: place.label,
    outcomes,
    problems: [...new Set(copies.failures.values()), ...linkFailures],
    bytesUploaded: place.bytesSent,
    bytesDownloaded: place.bytesReceived,
    seconds: phases.seconds,
  };
}

/** Every line that a build prints goes to its log file as well. */
function alsoTo(logs: DerivationLogs, observe: Observe): Observe {
  return (event) => {
    if (event.kind === 'build-log') logs.write(event.drvPath, event.line);
    if (event.kind === 'build-stopped') logs.stopped(event.drvPath);
    observe(event);
  };
}
