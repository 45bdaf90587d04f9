import { toError } from '../domain/errors.ts';
import { daemonSocketPath } from '../nix/environment.ts';
import type { Evaluation } from '../nix/evaluation.ts';
import { openLocalStore, type LocalStore } from '../store/local-store.ts';
import type { SignatureCheck, Store } from '../store/store.ts';
import { connectionDetail } from './connection-detail.ts';
import { evaluateEarly } from './early-evaluation.ts';
import { openEvaluationStore } from './evaluation-store.ts';
import { localImportCheck } from './local-import.ts';
import type { Phases } from './phases.ts';
import { Remote } from './remote.ts';
import type { StepContext, StepRequest } from './step-request.ts';

/** What a step has when it can begin to build. */
export interface Prepared {
  readonly remote: Remote;
  /** The session that builds, its options delivered. */
  readonly session: Store;
  readonly local: LocalStore;
  readonly evaluation: Evaluation;
  /** How copied outputs are imported; undefined if none are wanted. */
  readonly importCheck: SignatureCheck | undefined;
}

type Connected = Pick<Prepared, 'remote' | 'session'>;

/**
 * Connects to the remote, evaluates, and finds out whether outputs can be imported, all at the same time; what fails first ends the
 * rest.
 * @param opened takes what has to be closed
 */
export async function prepare(
  request: StepRequest,
  context: StepContext,
  phases: Phases,
  opened: AsyncDisposableStack,
): Promise<Prepared> {
  const failing = new AbortController();
  const inner = { ...context, signal: AbortSignal.any([context.signal, failing.signal]) };
  const connecting = connect(request, inner, phases, opened);
  const local = openLocal(context, opened);
  const settings = connecting.then(({ remote }) => remote.settings());
  const store = openEvaluationStore(
    {
      request,
      context: inner,
      connected: async () => (await connecting).remote,
      importCheck: async () => localImportCheck(await local, (await connecting).remote, inner),
    },
    opened,
  );
  const evaluating = evaluateEarly(request, inner, phases, { local, store, settings });
  const permitting = permitImport(request, inner, local, connecting);
  const all = Promise.all([connecting, local, evaluating, permitting]);
  try {
    const done = await Promise.race([all, loss(connecting), cancelled(context.signal)]);
    const [{ remote, session }, localStore, evaluation, importCheck] = done;
    return { remote, session, local: localStore, evaluation, importCheck };
  } catch (error) {
    failing.abort(error);
    void connecting.then(({ remote }) => remote.close(), toError);
    await Promise.allSettled([connecting, local, evaluating, permitting]);
    throw error;
  }
}

/** Rejects when an established connection is lost: no use in evaluating on. */
async function loss(connecting: Promise<Connected>): Promise<never> {
  const { remote } = await connecting;
  throw await remote.lost;
}

/** Rejects when the workflow is cancelled: some waits for the remote do not listen to the signal. */
function cancelled(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = (): void => reject(toError(signal.reason));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

async function connect(
  request: StepRequest,
  { credentials, hostKeys, user, observe, signal }: StepContext,
  phases: Phases,
  opened: AsyncDisposableStack,
): Promise<Connected> {
  const { store: uri, options } = request;
  return phases.measure('connect', async () => {
    const remote = await Remote.connect(
      { uri, defaultUser: user, credentials, hostKeys, options },
      signal,
    );
    opened.defer(() => remote.close());
    // A daemon that does not greet would be waited for, cancelled or not.
    const hangUp = (): void => remote.close();
    signal.addEventListener('abort', hangUp);
    const session = await remote.buildSession(observe);
    opened.defer(() => session.close());
    const detail = connectionDetail(await session.greeting, remote.roundTripMs);
    observe({ kind: 'connected', remote: remote.label, detail });
    signal.removeEventListener('abort', hangUp);
    return { remote, session };
  });
}

async function openLocal({ env }: StepContext, opened: AsyncDisposableStack): Promise<LocalStore> {
  const local = await openLocalStore({ env, socketPath: daemonSocketPath(env) });
  opened.defer(() => local.store.close());
  return local;
}

/** Asked before anything is built: a build whose outputs nobody can take is of no use. */
async function permitImport(
  request: StepRequest,
  context: StepContext,
  local: Promise<LocalStore>,
  connecting: Promise<Connected>,
): Promise<SignatureCheck | undefined> {
  if (request.copy.kind === 'none') return undefined;
  return localImportCheck(await local, (await connecting).remote, context);
}
