import type { DrvPath } from '../domain/store-path.ts';
import type { System } from '../domain/system.ts';
import { evaluate } from '../nix/evaluate.ts';
import type { EvaluatedDerivation, Evaluation } from '../nix/evaluation.ts';
import type { LocalStore } from '../store/local-store.ts';
import type { Store } from '../store/store.ts';
import type { EvaluationStore } from './evaluation-store.ts';
import type { Phases } from './phases.ts';
import type { SiteSystems } from './site.ts';
import type { StepContext, StepRequest } from './step-request.ts';
import { chooseSystems, type SystemChoice } from './systems.ts';

/** What evaluation needs, as it becomes available. */
export interface EvaluationParts {
  readonly local: Promise<LocalStore>;
  /** The way to the local store that evaluation takes. */
  readonly store: Promise<EvaluationStore>;
  readonly systems: SiteSystems;
}

/**
 * Evaluates at once for what the remote most likely builds, the runner's system; what it really builds is known when it is connected.
 * Only where that makes a difference, evaluation is done again.
 */
export async function evaluateEarly(
  request: StepRequest,
  context: StepContext,
  phases: Phases,
  { local, store: opening, systems }: EvaluationParts,
): Promise<Evaluation> {
  systems.offered.catch(() => undefined); // waited for below, unless there is no local store
  const [{ store }, through] = await Promise.all([local, opening]);
  const evaluation = await evaluateForSite(request, context, systems, async (choice, signal) => {
    const kept = new KeptDerivations(store);
    const keep = ({ drvPath }: EvaluatedDerivation): void => kept.add(drvPath);
    const run = () => evaluateFor(request, { ...context, signal }, through, choice, keep);
    const evaluation = await phases.measure('evaluate', run);
    await kept.all(evaluation);
    return evaluation;
  });
  const failed = evaluation.attributes.filter(({ kind }) => kind === 'failed').length;
  context.observe({
    kind: 'evaluated',
    attributes: evaluation.attributes.length,
    failed,
    passedOver: [...evaluation.passedOver].sort(),
  });
  return evaluation;
}

/**
 * Derivations are read again to upload them and to copy back: no garbage collection may take them until the session ends, and the
 * process that made one may have ended long before the last one is made.
 */
class KeptDerivations {
  readonly #store: Store;
  readonly #kept = new Map<DrvPath, Promise<void>>();

  constructor(store: Store) {
    this.#store = store;
  }

  add(drvPath: DrvPath): void {
    const keeping = this.#store.addTempRoots([drvPath]);
    keeping.catch(() => undefined); // waited for at the end, unless evaluating fails first
    this.#kept.set(drvPath, keeping);
  }

  /** Those that were not made now are asked for by their path. */
  async all({ attributes }: Evaluation): Promise<void> {
    const drvPaths = attributes.flatMap((each) =>
      each.kind === 'derivation' ? [each.drvPath] : [],
    );
    await this.#store.addTempRoots(drvPaths.filter((drvPath) => !this.#kept.has(drvPath)));
    await Promise.all(this.#kept.values());
  }
}

async function evaluateForSite(
  request: StepRequest,
  { observe, runnerSystem, signal }: StepContext,
  { named, offered }: SiteSystems,
  run: (choice: SystemChoice, signal: AbortSignal) => Promise<Evaluation>,
): Promise<Evaluation> {
  const choose = (systems: readonly System[]): SystemChoice =>
    chooseSystems(request.system, systems, runnerSystem);
  const guess = choose(named);
  const superseded = new AbortController();
  const first = run(guess, AbortSignal.any([signal, superseded.signal]));
  first.catch(() => undefined); // waited for below, unless connecting fails first
  const choice = named.length > 0 ? guess : choose(await offered);
  if (choice.system !== guess.system) {
    superseded.abort();
    await Promise.allSettled([first]);
    return run(choice, signal);
  }
  const evaluation = await first;
  if (choice.notice !== undefined && evaluation.passedOver.size > 0) {
    observe({ kind: 'notice', text: choice.notice });
  }
  const isComplete = !choice.systems.some((system) => evaluation.passedOver.has(system));
  return isComplete ? evaluation : run(choice, signal);
}

function evaluateFor(
  request: StepRequest,
  { observe, signal, temporaryDirectory }: StepContext,
  { env, storeUri, rename }: EvaluationStore,
  { system, systems }: SystemChoice,
  onDerivation: (derivation: EvaluatedDerivation) => void,
): Promise<Evaluation> {
  return evaluate({
    nix: 'nix',
    installables: request.installables,
    source: request.source,
    evalArgs: request.evalArgs,
    system,
    systems,
    workingDirectory: request.workingDirectory,
    localStore: storeUri,
    temporaryDirectory,
    env,
    signal,
    rename,
    onDerivation,
    onLog: (line) => observe({ kind: 'evaluation-log', line }),
  });
}
