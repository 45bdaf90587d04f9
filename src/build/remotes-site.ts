import { formatStoreUri, type RemoteStoreUri } from '../domain/store-uri.ts';
import type { System } from '../domain/system.ts';
import type { LocalStore } from '../store/local-store.ts';
import type { SignatureCheck } from '../store/store.ts';
import { openEvaluationStore } from './evaluation-store.ts';
import { localImportCheck } from './local-import.ts';
import type { Phases } from './phases.ts';
import { presentPlaces } from './present-places.ts';
import { connectRemote, type ConnectedRemote } from './connected-remote.ts';
import type { Site } from './site.ts';
import type { StepContext, StepRequest } from './step-request.ts';
import { offeredSystems } from './systems.ts';

/**
 * Remote stores that build.
 * @param opened takes what has to be closed
 */
export function remotesSite(
  request: StepRequest,
  uris: readonly RemoteStoreUri[],
  context: StepContext,
  local: Promise<LocalStore>,
  phases: Phases,
  opened: AsyncDisposableStack,
): Site {
  const connect = (uri: RemoteStoreUri): Promise<ConnectedRemote> =>
    connectRemote(request, uri, context, opened);
  const connected = phases.measure('connect', () =>
    presentPlaces(
      uris.map((uri) => ({ label: formatStoreUri(uri), connected: connect(uri) })),
      (text) => context.observe({ kind: 'warning', text }),
    ),
  );
  const check = async (): Promise<SignatureCheck> => {
    const [localStore, remotes] = await Promise.all([local, connected]);
    const checks = remotes.map(({ place }) => localImportCheck(localStore, place, context));
    // What differs is only who is refused.
    const [first] = await Promise.all(checks);
    return first ?? 'check-signatures';
  };
  const store = openEvaluationStore(
    { request, context, connected: () => connected, importCheck: check },
    opened,
  );
  const areNamed = uris.every(({ systems }) => systems.length > 0);
  return {
    connected,
    store,
    systems: {
      named: areNamed ? union(uris.map(({ systems }) => offeredSystems(systems, undefined))) : [],
      offered: connected.then(systemsOf),
    },
    // Asked before anything is built: a build whose outputs nobody can take is of no use.
    importCheck: request.copy.kind === 'none' ? Promise.resolve(undefined) : check(),
  };
}

async function systemsOf(remotes: readonly ConnectedRemote[]): Promise<readonly System[]> {
  const each = remotes.map(async ({ place }) =>
    offeredSystems(place.uri.systems, await place.settings()),
  );
  return union(await Promise.all(each));
}

function union(lists: readonly (readonly System[])[]): readonly System[] {
  return [...new Set(lists.flat())];
}
