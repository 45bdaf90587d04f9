import type { Machine } from '../domain/machine.ts';
import { isSystem, type System } from '../domain/system.ts';
import type { NixVersion } from '../nix/version.ts';
import type { LocalStore } from '../store/local-store.ts';
import { openBuilderSession } from './builder-session.ts';
import { Builders } from './builders.ts';
import type { Observe } from './events.ts';
import { localNixVersion, openLocalNix, type LocalNix } from './local-nix.ts';
import type { Phases } from './phases.ts';
import type { Connected, Site } from './site.ts';
import type { StepContext, StepRequest } from './step-request.ts';

/**
 * The local store with machines as its builders: they are reached through sockets of ours, so that Nix needs no key, no configuration of
 * SSH, and no connection for each build.
 * @param opened takes what has to be closed
 */
export function buildersSite(
  request: StepRequest,
  machines: readonly Machine[],
  context: StepContext,
  local: Promise<LocalStore>,
  phases: Phases,
  opened: AsyncDisposableStack,
): Site {
  const opening = open(machines, context, opened);
  const nix = openNix(request, opening, local, context, opened);
  nix.catch(() => undefined); // waited for by evaluation and by connecting, unless one of them fails first
  const connected = phases.measure('connect', () =>
    connect(request, context, opening, nix, opened),
  );
  return {
    connected,
    store: nix,
    systems: {
      named: systemsOf(machines, context.runnerSystem),
      offered: Promise.resolve([]),
    },
    importCheck: Promise.resolve(undefined),
  };
}

/** Machines whose tunnels are open, and which of them are left once they are asked. */
interface Opening {
  readonly place: Builders;
  readonly version: NixVersion;
  readonly chosen: Promise<void>;
}

async function open(
  machines: readonly Machine[],
  context: StepContext,
  opened: AsyncDisposableStack,
): Promise<Opening> {
  const asking = localNixVersion(context);
  asking.catch(() => undefined); // waited for below, unless opening fails first
  const place = await Builders.open(machines, context, opened);
  const version = await asking;
  const chosen = place.connect(version);
  chosen.catch(() => undefined); // waited for by connecting
  return { place, version, chosen };
}

/** Evaluation begins before all machines have answered, unless a build of its own could then fail for that. */
async function openNix(
  request: StepRequest,
  opening: Promise<Opening>,
  local: Promise<LocalStore>,
  context: StepContext,
  opened: AsyncDisposableStack,
): Promise<LocalNix> {
  const [{ place, version, chosen }, localStore] = await Promise.all([opening, local]);
  if (place.mayBeUnfit(version)) await chosen;
  return openLocalNix(place, version, localStore, request, context, opened);
}

async function connect(
  request: StepRequest,
  context: StepContext,
  opening: Promise<Opening>,
  nix: Promise<LocalNix>,
  opened: AsyncDisposableStack,
): Promise<readonly [Connected]> {
  const { place, chosen } = await opening;
  await chosen;
  const localNix = await nix;
  const open = async (observe: Observe): Promise<Connected> => {
    const session = await openBuilderSession(place, localNix, request, { ...context, observe });
    opened.defer(() => session.close());
    // Nix forgets with a session which machine did not answer.
    return { place, session, openSession: undefined, traffic: place, again: () => open(unheard) };
  };
  return [await open(context.observe)];
}

/** What there is to say of a session was said of the first. */
const unheard: Observe = () => undefined;

/** The runner itself builds what is for its own system. */
function systemsOf(machines: readonly Machine[], runner: System): readonly System[] {
  const named = machines.flatMap(({ systems }) => systems.filter((each) => isSystem(each)));
  return [...new Set([runner, ...named])];
}
