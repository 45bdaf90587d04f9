import type { RemoteStoreUri } from '../domain/store-uri.ts';
import { connectionDetail } from './connection-detail.ts';
import { RemoteLink } from './remote-link.ts';
import { Remote } from './remote.ts';
import type { Connected } from './site.ts';
import type { StepContext, StepRequest } from './step-request.ts';

/** A remote store that is ready to build. */
export interface ConnectedRemote extends Connected {
  readonly place: Remote;
}

/**
 * Connects to a remote store, and again whenever that connection is lost and needed.
 * @param opened takes what has to be closed
 * @throws ActionError of ssh/, or the daemon's
 */
export async function connectRemote(
  { options }: StepRequest,
  uri: RemoteStoreUri,
  { access, observe, signal }: StepContext,
  opened: AsyncDisposableStack,
): Promise<ConnectedRemote> {
  const connect = (until: AbortSignal): Promise<Remote> =>
    Remote.connect({ uri, access, options }, until);
  const first = await connect(signal);
  const onNotice = (text: string): void => {
    if (!signal.aborted) observe({ kind: 'notice', text });
  };
  const link = new RemoteLink({ first, connect, onNotice });
  opened.defer(() => link.close());
  const open = async (place: Remote): Promise<ConnectedRemote> => {
    // A daemon that does not greet would be waited for, cancelled or not.
    const hangUp = (): void => place.close();
    signal.addEventListener('abort', hangUp);
    const session = await place.buildSession(observe);
    const detail = connectionDetail(await session.greeting, place.roundTripMs);
    if (place === first) observe({ kind: 'connected', remote: place.label, detail });
    signal.removeEventListener('abort', hangUp);
    return {
      ...{ place, session, traffic: link },
      openSession: async () => (await link.get(signal)).openSession(),
      again: async (until) => open(await link.get(until)),
    };
  };
  return open(first);
}
