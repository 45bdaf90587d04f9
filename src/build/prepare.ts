import { aborted } from '../domain/aborted.ts';
import { choosePlaces, type Choice } from './choice.ts';
import { EvaluationMemory } from './evaluation-memory.ts';
import type { Learning } from './learning.ts';
import { linesOf, type Line } from './lines.ts';
import type { Phases } from './phases.ts';
import type { Connected, Traffic } from './site.ts';
import { closeAll, loss, start, type Permission, type Started } from './start.ts';
import type { Destination, StepContext, StepRequest } from './step-request.ts';
import { connectStores, type StoreConnections } from './store-connections.ts';
import type { Unchanged } from './unchanged.ts';

/** What a step has when it can begin to build. */
export interface Prepared extends Omit<Started, 'permission'> {
  readonly choice: Choice;
  /** Of all that was connected to, built there or not. */
  readonly traffic: ReadonlySet<Traffic>;
  /** The same, one by one. */
  readonly lines: readonly Line[];
  readonly importCheck: Permission['importCheck'];
  /** Undefined where an evaluation is never skipped. */
  readonly memory: EvaluationMemory | undefined;
}

/** What a step can do next: build, or nothing at all. */
export type Ready =
  | { readonly kind: 'prepared'; readonly prepared: Prepared }
  | { readonly kind: 'unchanged'; readonly unchanged: Unchanged };

/**
 * Connects to where it is built, evaluates, and finds out whether outputs can be imported, all at the same time; what fails first ends
 * the rest, and so does the discovery that nothing has to be done.
 * @param learning of earlier steps, for a choice
 * @param opened takes what has to be closed
 */
export async function prepare(
  request: StepRequest,
  context: StepContext,
  phases: Phases,
  learning: Learning | undefined,
  opened: AsyncDisposableStack,
): Promise<Ready> {
  const ending = new AbortController();
  const end = (reason: unknown): void => ending.abort(reason);
  const inner = { ...context, signal: AbortSignal.any([context.signal, ending.signal]) };
  const stores = connect(request, inner, phases, opened);
  const memory = stores && new EvaluationMemory(request, inner, stores);
  const starting = start({ request, context: inner, phases, opened, stores, memory, end });
  try {
    const beginning = await Promise.race([
      starting.then((started) => ({ kind: 'started', started }) as const),
      unchanged(memory),
      ...(stores ? [loss(stores.connected)] : []),
      aborted(context.signal),
    ]);
    if (beginning.kind === 'started') {
      const outer = { ...context, env: beginning.started.context.env };
      const started = { ...beginning.started, context: outer };
      const chosen = await choose(request, started, phases, learning, opened);
      return { kind: 'prepared', prepared: { ...started, ...chosen, memory } };
    }
    end(new Error('nothing has to be evaluated'));
    await Promise.allSettled([starting]);
    return beginning;
  } catch (error) {
    end(error);
    if (stores) closeAll(stores.connected);
    await Promise.allSettled([stores?.connected, starting]);
    throw error;
  }
}

function connect(
  request: StepRequest,
  context: StepContext,
  phases: Phases,
  opened: AsyncDisposableStack,
): StoreConnections | undefined {
  const { destination } = request;
  if (!('stores' in destination)) return undefined;
  return connectStores(request, destination.stores, context, phases, opened);
}

/** Never settles where something may have changed. */
async function unchanged(
  memory: EvaluationMemory | undefined,
): Promise<Ready & { readonly kind: 'unchanged' }> {
  const found = await memory?.unchanged;
  return found ? { kind: 'unchanged', unchanged: found } : new Promise(() => undefined);
}

type Chosen = Pick<Prepared, 'choice' | 'traffic' | 'lines' | 'places' | 'importCheck'>;

/** In mode auto, where it is built. */
async function choose(
  request: StepRequest,
  started: Started,
  phases: Phases,
  learning: Learning | undefined,
  opened: AsyncDisposableStack,
): Promise<Chosen> {
  const { destination } = request;
  const { places, context, permission } = started;
  const { importCheck, refusal } = permission;
  if (destination.mode !== 'auto') {
    return { choice: choiceOf(destination), ...usedBy(places), places, importCheck };
  }
  const { local, evaluation } = started;
  const choosing = { request, destination, context, learning, phases, opened, refusal };
  const chosen = await choosePlaces({ ...choosing, local, evaluation, stores: places });
  return { ...chosen, ...usedBy([...places, ...chosen.places]), importCheck };
}

function usedBy(all: readonly Connected[]): Pick<Prepared, 'traffic' | 'lines'> {
  const each = new Map(all.map((connected) => [connected.traffic, connected]));
  return { traffic: new Set(each.keys()), lines: [...each.values()].flatMap(linesOf) };
}

/** What was asked for. */
function choiceOf(destination: Exclude<Destination, { readonly mode: 'auto' }>): Choice {
  const reason = destination.mode === 'local' ? destination.reason : undefined;
  return { mode: destination.mode, reason, predictions: [] };
}
