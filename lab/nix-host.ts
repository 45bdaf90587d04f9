import { once } from 'node:events';
import { appendFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { Host } from './host.ts';
import type { HostProcess } from './process.ts';
import { Service } from './service.ts';
import { startHost, type HostOptions, type StartedHost } from './start-host.ts';
import type { UserName } from './users.ts';

/** Who owns `/nix`: a daemon that serves all users, or one user who needs none. `none`: there is neither Nix nor `/nix`. */
export type NixSetup = 'daemon' | 'root-owned' | 'user-owned' | 'none';

export interface NixHostOptions extends HostOptions {
  /** Default `daemon`. */
  readonly nix?: NixSetup | undefined;
  /** Default 4. */
  readonly maxJobs?: number | undefined;
  /** Default: none. */
  readonly substituters?: readonly string[] | undefined;
  readonly trustedPublicKeys?: readonly string[] | undefined;
  /** Further lines of nix.conf; a later one wins. */
  readonly nixConf?: readonly string[] | undefined;
}

export const DAEMON_SOCKET = '/nix/var/nix/daemon-socket/socket';

const NIX_FOLDERS = ['/nix', '/nix/store', '/nix/var', '/nix/var/nix'] as const;
const NIX_CONF = '/etc/nix/nix.conf';
const REGISTRY = '/etc/nix/empty-registry.json';

/** A host with Nix set up. */
export class NixHost extends Host {
  readonly setup: NixSetup;
  /** Only where {@link NixHost.setup} is `daemon`. */
  readonly daemon: Service | undefined;

  constructor(started: StartedHost, setup: NixSetup) {
    super(started);
    this.setup = setup;
    this.daemon =
      setup === 'daemon'
        ? new Service('nix-daemon', this, {
            argv: ['nix-daemon'],
            ready: () => accepts(this.path(DAEMON_SOCKET)),
          })
        : undefined;
  }

  /** Who may use the store without a daemon. */
  get owner(): UserName {
    return this.setup === 'user-owned' ? 'owner' : 'root';
  }

  /** The daemon's socket, to be connected to from outside the host. */
  get socketPath(): string {
    return this.path(DAEMON_SOCKET);
  }

  /** A session's other end on standard input and output: `nix-daemon --stdio`, by default run by who owns the store. */
  stdioDaemon(user: UserName = this.owner, args: readonly string[] = []): HostProcess {
    const argv = ['nix-daemon', '--stdio', ...args];
    // For others Nix 2.8 splices its streams to the daemon's socket, which takes pipes as sshd makes them; Node makes sockets.
    const piped = ['sh', '-c', 'cat | "$@" | cat', 'sh', ...argv];
    return this.spawn(user === this.owner ? argv : piped, { user });
  }

  /** Adds lines to nix.conf; a running daemon is started again, for it reads them once. */
  async configure(lines: readonly string[]): Promise<void> {
    await appendFile(this.path(NIX_CONF), lines.map((line) => `${line}\n`).join(''));
    if (this.daemon !== undefined) {
      await this.daemon.stop();
      await this.daemon.start();
    }
  }

  /** Which of these paths are valid in this host's store. */
  async validPaths(paths: readonly string[]): Promise<Set<string>> {
    const all = new Set(await this.allPaths());
    return new Set(paths.filter((path) => all.has(path)));
  }

  /** Every valid path of this host's store. */
  async allPaths(): Promise<string[]> {
    const text = await this.output(['nix', '--store', 'local', 'path-info', '--all'], {
      user: this.owner,
    });
    return text.split('\n').filter(Boolean);
  }

  /** The processes of all builds that run here. */
  async builds(): Promise<readonly { readonly pid: number; readonly argv: readonly string[] }[]> {
    return (await this.processes()).filter(({ builder }) => builder);
  }
}

/** Starts a host with Nix, and its daemon if it is to have one. */
export async function startNixHost(options: NixHostOptions = {}): Promise<NixHost> {
  const setup = options.nix ?? 'daemon';
  const host = new NixHost(await startHost(options), setup);
  try {
    await setUpNix(host, options);
    return host;
  } catch (error) {
    await host.stop();
    throw error;
  }
}

/** Writes nix.conf, gives `/nix` its owner, starts the daemon. */
export async function setUpNix(host: NixHost, options: NixHostOptions): Promise<void> {
  if (host.setup === 'none') return takeNixAway(host, options);
  await host.write('/etc/nix', {
    'nix.conf': nixConf(options),
    'empty-registry.json': '{"flakes":[],"version":2}\n',
  });
  if (host.setup === 'user-owned') {
    // As an installer leaves it. Without /nix/var/nix newer Nix would make itself a store below the user's home.
    await host.output(['install', '-d', '-o', 'owner', '-g', 'owner', ...NIX_FOLDERS]);
  }
  // Before the daemon starts: two of its processes that use a fresh store at the same moment get into each other's way.
  await host.output(['nix-store', '--init'], { user: host.owner });
  await host.daemon?.start();
}

/** Debian's Nix with all that is its own; the libraries of others stay. With `nixSize` an empty `/nix` of that size stays, root's. */
async function takeNixAway(host: NixHost, { nixSize }: NixHostOptions): Promise<void> {
  const folder = nixSize === undefined ? 'umount /nix; rmdir /nix;' : '';
  await host.output(['sh', '-c', `set -eu; ${folder} rm -rf /usr/bin/nix* /usr/lib/*/libnix*`]);
}

function nixConf(options: NixHostOptions): string {
  return [
    'experimental-features = nix-command flakes',
    'trusted-users = root trusted',
    `build-users-group =${options.nix === 'user-owned' ? '' : ' nixbld'}`,
    `max-jobs = ${options.maxJobs ?? 4}`,
    `substituters = ${(options.substituters ?? []).join(' ')}`,
    `trusted-public-keys = ${(options.trustedPublicKeys ?? []).join(' ')}`,
    `flake-registry = ${REGISTRY}`,
    ...(options.nixConf ?? []),
    '',
  ].join('\n');
}

/** Whether somebody listens there; the file alone may be left over from a daemon that ended. */
async function accepts(socketPath: string): Promise<boolean> {
  const socket = connect(socketPath);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
