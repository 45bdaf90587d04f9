import { asActionError } from '../domain/errors.ts';
import { machineName, machineOfStore } from '../domain/machine.ts';
import { formatStoreUri, type RemoteStoreUri } from '../domain/store-uri.ts';
import { connectionDetail } from './connection-detail.ts';
import { RemoteLink } from './remote-link.ts';
import { Remote } from './remote.ts';
import type { Store } from '../store/store.ts';
import type { Observe } from './events.ts';
import type { Connected } from './site.ts';
import type { Destination, StepContext, StepRequest } from './step-request.ts';

/** A remote store that is ready to build. */
export interface ConnectedRemote extends Connected {
  readonly place: Remote;
  /** The remote as it is now; after a loss, as soon as there is a connection again. */
  readonly current: (signal: AbortSignal) => Promise<Remote>;
}

/** A session that builds, whose daemon may not have greeted yet. */
export interface EarlySession {
  readonly place: Remote;
  readonly session: Store;
}

/**
 * Connects to a remote store, and again whenever that connection is lost and needed.
 * @param opened takes what has to be closed
 * @param onSession told of the first session at once: what it is asked then goes out with the handshake
 * @throws ActionError of ssh/, or the daemon's
 */
export async function connectRemote(
  { destination, options }: StepRequest,
  uri: RemoteStoreUri,
  { access, observe, signal }: StepContext,
  opened: AsyncDisposableStack,
  onSession: (early: EarlySession) => void,
): Promise<ConnectedRemote> {
  const speedFactor = speedFactorOf(uri, destination);
  const connect = (until: AbortSignal): Promise<Remote> =>
    Remote.connect({ uri, access, options, speedFactor }, until);
  const failed =
    (isConnected: boolean) =>
    (thrown: unknown): never => {
      const remote = formatStoreUri(uri);
      observe({ kind: 'remote-failed', remote, isConnected, error: asActionError(thrown) });
      throw thrown;
    };
  const first = await connect(signal).catch(failed(false));
  const onNotice = (text: string): void => {
    if (!signal.aborted) observe({ kind: 'notice', text });
  };
  const link = new RemoteLink({ first, connect, onNotice });
  opened.defer(() => link.close());
  const open = async (place: Remote, until: AbortSignal): Promise<ConnectedRemote> => {
    const tell = (session: Store): void => {
      if (place === first) onSession({ place, session });
    };
    const session = await greeted(place, AbortSignal.any([signal, until]), observe, tell);
    const { roundTripMs } = place;
    const greeting = await session.greeting;
    const detail = connectionDetail(greeting, roundTripMs);
    const answers = { greeting, trust: greeting.trust, roundTripMs };
    if (place === first) observe({ kind: 'connected', remote: place.label, detail, answers });
    return {
      ...{ place, session, traffic: link },
      openSession: async (limit) =>
        (await link.get(AbortSignal.any([signal, limit]))).openSession(),
      again: async (limit) => open(await link.get(limit), limit),
      current: (limit) => link.get(limit),
      way: { program: uri, connection: async (limit) => (await link.get(limit)).connection },
    };
  };
  return open(first, signal).catch(failed(true));
}

/** A session that builds, with a daemon that has greeted; one that does not would be waited for, cancelled or not. */
async function greeted(
  place: Remote,
  signal: AbortSignal,
  observe: Observe,
  onSession: (session: Store) => void,
): Promise<Store> {
  const hangUp = (): void => place.close();
  signal.addEventListener('abort', hangUp);
  try {
    const session = await place.buildSession(observe);
    onSession(session);
    await session.greeting;
    return session;
  } finally {
    signal.removeEventListener('abort', hangUp);
  }
}

/** As a line of `builders` says it, where that is about the same machine. */
function speedFactorOf(uri: RemoteStoreUri, destination: Destination): number | undefined {
  if (destination.mode !== 'auto') return undefined;
  const name = machineName(machineOfStore(uri));
  return destination.machines.find((machine) => machineName(machine) === name)?.speedFactor;
}
