import type { RemoteStoreUri } from '../domain/store-uri.ts';
import { parseSystem } from '../domain/system.ts';
import type { LocalStore } from '../store/local-store.ts';
import type { SignatureCheck } from '../store/store.ts';
import { connectionDetail } from './connection-detail.ts';
import { openEvaluationStore } from './evaluation-store.ts';
import { localImportCheck } from './local-import.ts';
import type { Phases } from './phases.ts';
import { Remote } from './remote.ts';
import type { Connected, Site } from './site.ts';
import type { StepContext, StepRequest } from './step-request.ts';

type Remotely = Connected & { readonly place: Remote };

/**
 * A remote store that builds.
 * @param opened takes what has to be closed
 */
export function remoteSite(
  request: StepRequest,
  uri: RemoteStoreUri,
  context: StepContext,
  local: Promise<LocalStore>,
  phases: Phases,
  opened: AsyncDisposableStack,
): Site {
  const connected = phases.measure('connect', () => connect(request, uri, context, opened));
  const remote = async (): Promise<Remote> => (await connected).place;
  const check = async (): Promise<SignatureCheck> =>
    localImportCheck(await local, await remote(), context);
  const settings = connected.then(({ place }) => place.settings());
  const store = openEvaluationStore(
    { request, context, connected: remote, importCheck: check },
    opened,
  );
  return {
    connected,
    store,
    systems: { named: uri.systems.map((system) => parseSystem(system)), settings },
    // Asked before anything is built: a build whose outputs nobody can take is of no use.
    importCheck: request.copy.kind === 'none' ? Promise.resolve(undefined) : check(),
  };
}

async function connect(
  { options }: StepRequest,
  uri: RemoteStoreUri,
  { access, user, observe, signal }: StepContext,
  opened: AsyncDisposableStack,
): Promise<Remotely> {
  const place = await Remote.connect({ uri, defaultUser: user, access, options }, signal);
  opened.defer(() => place.close());
  // A daemon that does not greet would be waited for, cancelled or not.
  const hangUp = (): void => place.close();
  signal.addEventListener('abort', hangUp);
  const session = await place.buildSession(observe);
  opened.defer(() => session.close());
  const detail = connectionDetail(await session.greeting, place.roundTripMs);
  observe({ kind: 'connected', remote: place.label, detail });
  signal.removeEventListener('abort', hangUp);
  return { place, session };
}
