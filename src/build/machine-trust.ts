import type { ByteStream } from '../domain/byte-stream.ts';
import type { Trust } from '../domain/daemon.ts';
import { ActionError, toError } from '../domain/errors.ts';
import { machineName, type Machine } from '../domain/machine.ts';
import { isAtLeast, type NixVersion } from '../nix/version.ts';
import { openStore } from '../store/daemon-store.ts';
import type { Store } from '../store/store.ts';

/** How long a machine's daemon may take to greet, milliseconds: it is asked ahead, and others wait for its answer. */
const GREETING_LIMIT = 15_000;

/** What a machine's daemon thinks of the user who logs in there. */
export interface MachineTrust {
  readonly trust: Trust;
  /** Whether it says so itself when a session opens, also to Nix. */
  readonly isTold: boolean;
}

/**
 * Asks a daemon whether it trusts the user who has this stream to it.
 * @param signal ends the wait
 * @throws ActionError where no daemon answers
 */
export async function askTrust(
  stream: ByteStream,
  label: string,
  signal: AbortSignal,
): Promise<MachineTrust> {
  const store = openStore(stream, { label, handshakeTimeout: GREETING_LIMIT });
  const stop = (): void => store.close(toError(signal.reason));
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  try {
    return await trustOf(store);
  } finally {
    signal.removeEventListener('abort', stop);
    store.close();
  }
}

/**
 * Whether a daemon trusts the user of this session. Below protocol 1.35 its greeting does not say; then it is asked to repair nothing at
 * all, which every version refuses to a user whom it does not trust before it looks at what to repair (daemon.cc, `wopBuildPaths`).
 */
export async function trustOf(
  store: Pick<Store, 'greeting' | 'buildPaths'>,
): Promise<MachineTrust> {
  const { trust } = await store.greeting;
  if (trust !== 'unknown') return { trust, isTold: true };
  const found = await store.buildPaths([], 'repair').then(
    () => 'trusted' as const,
    (error: unknown) => (toError(error).message.includes(REFUSED) ? 'untrusted' : 'unknown'),
  );
  return { trust: found, isTold: false };
}

const REFUSED = "not in 'trusted-users'";

/**
 * Why Nix cannot build on a machine whose daemon does not trust its user; undefined where it can. A daemon takes a derivation without those
 * it depends on from trusted users alone (daemon.cc, `BuildDerivation`), and so Nix sends it but for 2.16 and newer to a daemon that tells
 * them of its distrust, which is not possible through `ssh://` (build-remote.cc).
 */
export function trustMissing(
  machine: Machine,
  user: string,
  { trust, isTold }: MachineTrust,
  local: NixVersion,
): ActionError | undefined {
  if (trust !== 'untrusted') return undefined;
  const obstacle = OBSTACLES.find(({ stands }) => stands(machine, isTold, local));
  if (obstacle === undefined) return undefined;
  return new ActionError(
    'daemon-untrusted',
    `its Nix daemon does not trust user '${user}', and builds nothing for such a user ${obstacle.what}`,
    {
      hint:
        `Either ${trustLine(machine, user)}, or ${obstacle.remedy}, or build there with ` +
        'store and mode: remote-store, which needs no trust.',
    },
  );
}

/** What keeps Nix from building for a user who is not trusted. */
interface Obstacle {
  readonly stands: (machine: Machine, isTold: boolean, local: NixVersion) => boolean;
  readonly what: string;
  readonly remedy: string;
}

const OBSTACLES: readonly Obstacle[] = [
  {
    stands: ({ protocol }) => protocol === 'ssh',
    what: 'through ssh://',
    remedy: 'write ssh-ng:// in place of ssh://',
  },
  {
    stands: (_machine, _isTold, local) => !buildsUntrusted(local),
    what: 'when the Nix that asks, as on this runner, is older than 2.16',
    remedy: 'use Nix 2.16 or newer on this runner',
  },
  {
    stands: (_machine, isTold) => !isTold,
    what: 'as its Nix is older than 2.15',
    remedy: 'use Nix 2.15 or newer there',
  },
];

/** Whether Nix cannot build on a machine for a user who is not trusted, as far as that is known without asking there. */
export function needsTrust({ protocol }: Machine, local: NixVersion): boolean {
  return protocol === 'ssh' || !buildsUntrusted(local);
}

/** What to do where a machine refuses inputs of a user who is not trusted. */
export function refusalRemedy(machine: Machine, user: string): string {
  return (
    `The Nix daemon there does not trust user '${user}', and takes from him only what is content-addressed or signed by a key of its ` +
    `trusted-public-keys. Either ${trustLine(machine, user)}, or sign the path with such a key, or build there with store and ` +
    'mode: remote-store, which sends derivations only.'
  );
}

/** What to do so that a machine's daemon trusts a user. */
function trustLine(machine: Machine, user: string): string {
  return `add the line 'extra-trusted-users = ${user}' to /etc/nix/nix.conf on ${machineName(machine)} and start its nix-daemon again`;
}

/** Whether this Nix asks machines to build that do not trust us. Lix has it from the Nix that it comes from, 2.18. */
export function buildsUntrusted(local: NixVersion): boolean {
  return local.vendor === 'lix' || isAtLeast(local, 2, 16);
}
