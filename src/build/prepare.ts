import { parseSystem } from '../domain/system.ts';
import { evaluate } from '../nix/evaluate.ts';
import type { Evaluation } from '../nix/evaluation.ts';
import { openLocalStore, type LocalStore } from '../store/local-store.ts';
import type { Phases } from './phases.ts';
import { Remote } from './remote.ts';
import type { StepContext, StepRequest } from './step-request.ts';
import { chooseSystems } from './systems.ts';

export interface Prepared {
  readonly remote: Remote;
  readonly local: LocalStore;
  readonly evaluation: Evaluation;
}

/**
 * Connects to the remote and evaluates at the same time; whichever fails first ends the other.
 * @param opened takes what has to be closed
 */
export async function connectAndEvaluate(
  request: StepRequest,
  context: StepContext,
  phases: Phases,
  opened: AsyncDisposableStack,
): Promise<Prepared> {
  const failing = new AbortController();
  const inner = { ...context, signal: AbortSignal.any([context.signal, failing.signal]) };
  const connecting = connect(request, inner, phases, opened);
  const evaluating = evaluateHere(request, inner, phases, opened, connecting);
  try {
    const [remote, { local, evaluation }] = await Promise.all([connecting, evaluating]);
    return { remote, local, evaluation };
  } catch (error) {
    failing.abort(error);
    await Promise.allSettled([connecting, evaluating]);
    throw error;
  }
}

async function connect(
  request: StepRequest,
  { credentials, hostKeys, user, observe, signal }: StepContext,
  phases: Phases,
  opened: AsyncDisposableStack,
): Promise<Remote> {
  const { store: uri, options } = request;
  const remote = await phases.measure('connect', () =>
    Remote.connect({ uri, defaultUser: user, credentials, hostKeys, options }, signal),
  );
  opened.defer(() => remote.close());
  const detail = `${remote.roundTripMs.toFixed(0)} ms round trip`;
  observe({ kind: 'connected', remote: remote.label, detail });
  return remote;
}

async function evaluateHere(
  request: StepRequest,
  context: StepContext,
  phases: Phases,
  opened: AsyncDisposableStack,
  connecting: Promise<Remote>,
): Promise<Pick<Prepared, 'local' | 'evaluation'>> {
  const local = await openLocalStore({ env: context.env });
  opened.defer(() => local.store.close());
  const evaluation = await evaluateWith(request, context, phases, local, connecting);
  const failed = evaluation.attributes.filter(({ kind }) => kind === 'failed').length;
  context.observe({ kind: 'evaluated', attributes: evaluation.attributes.length, failed });
  return { local, evaluation };
}

async function evaluateWith(
  request: StepRequest,
  { env, observe, runnerSystem, signal, temporaryDirectory }: StepContext,
  phases: Phases,
  local: LocalStore,
  connecting: Promise<Remote>,
): Promise<Evaluation> {
  const fromUri = request.store.systems.map((system) => parseSystem(system));
  const settings = fromUri.length > 0 ? undefined : await (await connecting).settings();
  const choice = chooseSystems(request.system, fromUri, settings, runnerSystem);
  if (choice.notice !== undefined) observe({ kind: 'warning', text: choice.notice });
  return phases.measure('evaluate', () =>
    evaluate({
      nix: 'nix',
      installables: request.installables,
      source: request.source,
      evalArgs: request.evalArgs,
      system: choice.system,
      systems: choice.systems,
      workingDirectory: request.workingDirectory,
      localStore: local.access.storeUri,
      temporaryDirectory,
      env,
      signal,
      onLog: (line) => observe({ kind: 'evaluation-log', line }),
    }),
  );
}
