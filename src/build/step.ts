import { toError } from '../domain/errors.ts';
import { isGood } from '../domain/outcome.ts';
import type { StorePath } from '../domain/store-path.ts';
import { daemonSocketPath } from '../nix/environment.ts';
import type { EvaluatedAttribute } from '../nix/evaluation.ts';
import { openLocalStore } from '../store/local-store.ts';
import type { Store } from '../store/store.ts';
import { Building } from './build-anywhere.ts';
import { BuildRecorder } from './build-history.ts';
import { CopyBack, type CopiedBack } from './copy-back.ts';
import { unmatchedGlobs } from './copy-selection.ts';
import { DerivationLogs } from './derivation-logs.ts';
import type { Observe } from './events.ts';
import type { EndedStep } from './experience.ts';
import { Learning } from './learning.ts';
import type { Seen } from './line-watch.ts';
import { historyOf } from './history.ts';
import { linkCopied } from './linked-attributes.ts';
import { outputCandidates } from './output-candidates.ts';
import { InputWatch } from './input-watch.ts';
import { Phases } from './phases.ts';
import { prepare, type Prepared } from './prepare.ts';
import type { PushReport } from './push/push-request.ts';
import { Pushing } from './push/pushing.ts';
import { tellPushes } from './push/tell.ts';
import { rebuildAll } from './rebuild/rebuild.ts';
import { retainAt } from './retain.ts';
import type { Connected } from './site.ts';
import type { StepContext, StepReport, StepRequest } from './step-request.ts';
import type { Target, TargetResult } from './target.ts';
import { collectOutcomes, planTargets } from './targets.ts';
import { reportUnchanged } from './unchanged.ts';
import { Workplace } from './workplace.ts';

/** How often copying goes on over another connection. */
const REOPENINGS = 2;

/** What the verbs of a step share, once it is connected and has evaluated. */
interface Step extends Prepared {
  readonly request: StepRequest;
  readonly phases: Phases;
  readonly recorder: BuildRecorder;
  readonly inputs: InputWatch;
  readonly pushing: Pushing | undefined;
  /** One for each session that builds. */
  readonly workplaces: Workplace[];
  /** Closed when the step ends, last opened first. */
  readonly opened: AsyncDisposableStack;
}

/**
 * One step: connects while it evaluates, builds in the remote store, copies back while it builds, and reports each attribute.
 * A failed attribute is part of the report; what rejects is what kept the step from building at all.
 * @throws ActionError when the remote cannot be reached or nothing can be evaluated
 */
export async function runStep(request: StepRequest, context: StepContext): Promise<StepReport> {
  const opened = new AsyncDisposableStack();
  try {
    return await runWith(request, context, opened);
  } finally {
    // It changes nothing of what was built, nor of why it could not be.
    await opened.disposeAsync().catch((error: unknown) => {
      const text = `Not everything could be closed: ${toError(error).message}`;
      context.observe({ kind: 'warning', text });
    });
  }
}

async function runWith(
  request: StepRequest,
  context: StepContext,
  opened: AsyncDisposableStack,
): Promise<StepReport> {
  const logs = await DerivationLogs.create(context.logDirectory);
  opened.defer(() => logs.close());
  const recorder = new BuildRecorder(context.clock);
  const observe = alsoTo(logs, recorder, context.observe);
  const phases = new Phases(context.clock, observe);
  const observed = { ...context, observe };
  const learning = Learning.begin(request, observed);
  const ready = await prepare(request, observed, phases, learning, opened);
  if (ready.kind === 'unchanged') return reportUnchanged(ready.unchanged, request, phases, observe);
  const { prepared } = ready;
  const pushing = startPushing(request, prepared, opened);
  const own = { recorder, inputs: new InputWatch(), workplaces: [], pushing };
  const step: Step = { ...prepared, ...own, request, phases, opened };
  const { attributes } = prepared.evaluation;
  warnOfUnmatched(step, attributes);
  using watch = learning?.watch(prepared.lines, context.clock);
  const targets = planTargets(attributes, request.copy);
  const building = await build(step, targets);
  const { results: built } = building;
  const copies = await copyAll(step, building, targets);
  const seen = watch?.seen();
  const results = await rebuild(step, targets, built);
  const pushes = await finishPushes(step, results, targets);
  await retain(step, results);
  const told = await report(step, results, copies, pushes);
  if (seen) await learning?.keep(endedStep(step, seen, told));
  const isWhole = told.outcomes.every(({ status }) => isGood(status));
  if (isWhole) await prepared.memory?.keep(prepared.evaluation);
  return told;
}

function endedStep(
  { choice, workplaces, local }: Step,
  seen: Seen,
  { outcomes }: StepReport,
): EndedStep {
  const trackers = workplaces.map(({ tracker }) => tracker);
  return { choice, seen, trackers, outcomes, local: local.store };
}

function warnOfUnmatched({ request, context }: Step, all: readonly EvaluatedAttribute[]): void {
  const names = all.map(({ attribute }) => attribute);
  for (const glob of unmatchedGlobs(request.copy, names)) {
    context.observe({ kind: 'warning', text: `copy-outputs: no attribute matches '${glob}'` });
  }
}

async function build(step: Step, targets: readonly Target[]): Promise<Building> {
  const { request, context, phases, places, local } = step;
  const { observe, signal } = context;
  const { copyInputs } = request;
  const employ = (connected: Connected): Workplace => employAt(step, connected);
  const { inputs } = step;
  const options = {
    local: local.store,
    copyInputs,
    places,
    employ,
    observe,
    signal,
    inputs,
    phases,
  };
  const building = new Building(options);
  await phases.measure('build', () => building.build(targets));
  return building;
}

/** What was built and cannot be had from there is built elsewhere. */
async function copyAll(
  step: Step,
  building: Building,
  targets: readonly Target[],
): Promise<CopiedBack> {
  const copies = await finishCopies(step, building.results);
  if (copies.failures.size === 0) return copies;
  const again = () => building.buildElsewhere(targets);
  return (await step.phases.measure('build', again))
    ? finishCopies(step, building.results)
    : copies;
}

/** Builds all again and compares, if that is asked for. */
async function rebuild(
  { request, context, phases, workplaces, local }: Step,
  targets: readonly Target[],
  results: ReadonlyMap<StorePath, TargetResult>,
): Promise<ReadonlyMap<StorePath, TargetResult>> {
  if (!request.rebuild) return results;
  const { copyInputs } = request;
  const options = { local: local.store, copyInputs, workplaces, ...context };
  return phases.measure('rebuild', () => rebuildAll(options, targets, results));
}

function employAt(step: Step, connected: Connected): Workplace {
  const { context, workplaces, opened } = step;
  const { observe, clock, signal } = context;
  const copyBack = startCopyBack(step, connected);
  // What differs when it is built again is not to be pushed.
  const pushing = step.request.rebuild ? undefined : step.pushing;
  const workplace = new Workplace({ connected, copyBack, pushing, observe, clock, signal });
  workplaces.push(workplace);
  opened.defer(() => workplace.close());
  return workplace;
}

function startPushing(
  { push }: StepRequest,
  { context, evaluation, local }: Prepared,
  opened: AsyncDisposableStack,
): Pushing | undefined {
  if (!push) return undefined;
  const localUri = local.access.storeUri;
  const { attributes } = evaluation;
  return new Pushing({ request: push, context, attributes, localUri, opened });
}

/** Most was pushed while others built; this sees that all is, and waits for it. */
async function finishPushes(
  { pushing, phases, workplaces }: Step,
  results: ReadonlyMap<StorePath, TargetResult>,
  targets: readonly Target[],
): Promise<readonly PushReport[]> {
  if (!pushing) return [];
  for (const { key } of targets) {
    const result = results.get(key);
    if (!result || !isGood(result.status)) continue;
    const home = workplaces.findLast(
      ({ place, store }) => store === 'local' || place.label === result.remote,
    );
    const outputs = [...result.outputs.values()];
    if (home) pushing.enqueue(home.connected, { key, outputs, validity: 'valid' });
  }
  return phases.measure('push', () => pushing.finish(results));
}

/** Keeps what is good where it is, if that is asked for. */
async function retain(
  { request: { retain: seconds }, context, workplaces }: Step,
  results: ReadonlyMap<StorePath, TargetResult>,
): Promise<void> {
  if (seconds === undefined) return;
  const places = new Map(workplaces.map((each) => [each.place.label, each]));
  for (const { place, store, connected } of places.values()) {
    const own = [...results.values()].filter(
      ({ status, remote }) => isGood(status) && (store === 'local' || remote === place.label),
    );
    const paths = [...new Set(own.flatMap(({ outputs }) => [...outputs.values()]))];
    if (paths.length > 0) await retainAt(connected, paths, seconds, context);
  }
}

function startCopyBack(
  { context: { env, observe, signal }, importCheck }: Step,
  { openSession }: Connected,
): CopyBack | undefined {
  if (importCheck === undefined || !openSession) return undefined;
  return new CopyBack({
    openStores: async (limit) => {
      const { store: to } = await openLocalStore({ env, socketPath: daemonSocketPath(env) });
      try {
        return { from: await openSession(limit), to };
      } catch (error) {
        to.close();
        throw error;
      }
    },
    candidates: outputCandidates,
    check: importCheck,
    reopenings: REOPENINGS,
    observe,
    signal,
  });
}

/** Most copies ended while others still built; this waits for the last. */
async function finishCopies(
  { phases, workplaces }: Step,
  results: ReadonlyMap<StorePath, TargetResult>,
): Promise<CopiedBack> {
  const copying = workplaces.flatMap(({ copyBack }) => copyBack ?? []);
  const finish = () => Promise.all(copying.map((each) => each.finish()));
  const all = copying.length > 0 ? await phases.measure('copy-back', finish) : [];
  const here = [...results].filter(([, { store, status }]) => store === 'local' && isGood(status));
  const copied = new Set([...here.map(([key]) => key), ...all.flatMap((each) => [...each.copied])]);
  const failures = all.flatMap((each) => [...each.failures]).filter(([key]) => !copied.has(key));
  return { copied, failures: new Map(failures) };
}

/** A session with the local store in which what was copied or built has temporary roots. */
async function rooting({ workplaces, local }: Step): Promise<Store> {
  for (const { store: built, session, copyBack } of workplaces) {
    const store = built === 'local' ? session : await copyBack?.destination();
    if (store) return store;
  }
  return local.store;
}

async function report(
  step: Step,
  results: ReadonlyMap<StorePath, TargetResult>,
  copies: CopiedBack,
  pushes: readonly PushReport[],
): Promise<StepReport> {
  const { request, context, phases, places, evaluation, choice, traffic } = step;
  const { attributes } = evaluation;
  const outcomes = collectOutcomes(attributes, { results, copies, copy: request.copy });
  const linkFailures = await linkCopied(request, attributes, outcomes, () => rooting(step));
  for (const outcome of outcomes) context.observe({ kind: 'attribute-done', outcome });
  const pushProblems = tellPushes(pushes, context.observe);
  return {
    ...choice,
    remote: places.map(({ place }) => place.label).join(', '),
    outcomes,
    problems: [...new Set(copies.failures.values()), ...linkFailures, ...pushProblems],
    pushes,
    bytesUploaded: [...traffic].reduce((sum, { bytesSent }) => sum + bytesSent, 0),
    bytesDownloaded: [...traffic].reduce((sum, { bytesReceived }) => sum + bytesReceived, 0),
    seconds: phases.seconds,
    wallSeconds: phases.elapsed,
    source: request.source,
    history: await historyOf(outcomes, step),
  };
}

/** Every line that a build prints goes to its log file as well, and what becomes of builds is written down. */
function alsoTo(logs: DerivationLogs, recorder: BuildRecorder, observe: Observe): Observe {
  return (event) => {
    recorder.hear(event);
    if (event.kind === 'build-log') logs.write(event.drvPath, event.line);
    if (event.kind === 'build-stopped') logs.stopped(event.drvPath);
    observe(event);
  };
}
