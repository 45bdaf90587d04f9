import { formatStoreUri, type RemoteStoreUri } from '../domain/store-uri.ts';
import type { System } from '../domain/system.ts';
import { connectRemote, type ConnectedRemote, type EarlySession } from './connected-remote.ts';
import type { Phases } from './phases.ts';
import { presentPlaces } from './present-places.ts';
import type { SiteSystems } from './site.ts';
import type { StepContext, StepRequest } from './step-request.ts';
import { offeredSystems } from './systems.ts';

/** Remote stores as they are connected to. No local Nix is needed for that. */
export interface StoreConnections {
  /** All that can be had; never empty. */
  readonly connected: Promise<readonly [ConnectedRemote, ...ConnectedRemote[]]>;
  readonly systems: SiteSystems;
  /** The session with each, as soon as it can be asked; each rejects if there is none. */
  readonly sessions: readonly Promise<EarlySession>[];
}

/**
 * Begins to connect to remote stores.
 * @param opened takes what has to be closed
 */
export function connectStores(
  request: StepRequest,
  uris: readonly RemoteStoreUri[],
  context: StepContext,
  phases: Phases,
  opened: AsyncDisposableStack,
): StoreConnections {
  const connecting = uris.map((uri) => {
    const { promise: session, resolve, reject } = Promise.withResolvers<EarlySession>();
    const connected = () => {
      const remote = connectRemote(request, uri, context, opened, resolve);
      remote.catch(reject);
      session.catch(() => undefined); // nobody may ask
      return remote;
    };
    return { label: formatStoreUri(uri), session, connected };
  });
  const connected = phases.measure('connect', () =>
    presentPlaces(
      connecting.map((each) => ({ label: each.label, connected: each.connected() })),
      (text) => context.observe({ kind: 'warning', text }),
    ),
  );
  const areNamed = uris.every(({ systems }) => systems.length > 0);
  const offered = connected.then(systemsOf);
  offered.catch(() => undefined); // told by whoever waits for the connections
  return {
    connected,
    sessions: connecting.map(({ session }) => session),
    systems: {
      named: areNamed ? union(uris.map(({ systems }) => offeredSystems(systems, undefined))) : [],
      offered,
    },
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
