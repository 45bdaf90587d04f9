import { createServer } from 'node:net';
import { appendFile } from 'node:fs/promises';
import { LabError } from './errors.ts';
import { Host } from './host.ts';
import { makeKey, type KeyPair } from './keys.ts';
import { NixHost, setUpNix, type NixHostOptions } from './nix-host.ts';
import { Service } from './service.ts';
import { startHost, type StartedHost } from './start-host.ts';
import { USERS, type UserName } from './users.ts';

export interface BuilderOptions extends NixHostOptions {
  /** Further lines of sshd_config; they win over the lab's own. */
  readonly sshdConfig?: readonly string[] | undefined;
}

const SSHD = '/etc/ssh/lab';
const AUTHORIZED = '/etc/ssh/lab/authorized';

/** A host with an sshd of its own: the machine that builds. */
export class Builder extends NixHost {
  readonly sshd: Service;
  /** Where sshd listens on 127.0.0.1, without a link between. */
  readonly port: number;
  /** Public host keys, one line each: type, base64, comment. */
  readonly hostKeys: readonly string[];
  /** A key that every user's authorized keys name. */
  readonly key: KeyPair;

  constructor(started: StartedHost, options: BuilderOptions, identity: BuilderIdentity) {
    super(started, options.nix ?? 'daemon');
    this.port = identity.port;
    this.hostKeys = identity.hostKeys.map(({ publicKey }) => publicKey);
    this.key = identity.key;
    this.sshd = new Service('sshd', this, {
      argv: ['/usr/sbin/sshd', '-D', '-e', '-f', `${SSHD}/sshd_config`],
      ready: (log) => log.includes('Server listening on'),
    });
  }

  /** Lines of known_hosts for this builder as reached through a port of 127.0.0.1. */
  knownHosts(port: number = this.port): string {
    const name = port === 22 ? '127.0.0.1' : `[127.0.0.1]:${port}`;
    return this.hostKeys.map((key) => `${name} ${key.split(' ').slice(0, 2).join(' ')}\n`).join('');
  }

  /**
   * Lets a key log in.
   * @param options of authorized_keys(5); default: none, for `forced` what a careful owner of a builder writes
   */
  async authorize(user: UserName, publicKey: string, options?: string): Promise<void> {
    const restriction = user === 'forced' ? 'restrict,command="nix-daemon --stdio"' : '';
    const line = `${options ?? restriction} ${publicKey}`.trim();
    await appendFile(this.path(`${AUTHORIZED}/${user}`), `${line}\n`);
  }

  /** Ends all SSH connections, as a reboot would; sshd itself goes on. */
  async dropConnections(): Promise<void> {
    const sessions = (await this.processes()).filter(({ argv }) => isSession(argv[0] ?? ''));
    if (sessions.length > 0) {
      await this.run(['kill', '-9', ...sessions.map(({ pid }) => `${pid}`)]);
    }
  }
}

/** Sessions say so in their title: `sshd: ci [priv]`, `sshd-session: ci@notty`. */
function isSession(title: string): boolean {
  return /^sshd[a-z-]*: /.test(title) && !title.includes('[listener]');
}

/** What a builder is known by. */
interface BuilderIdentity {
  readonly port: number;
  readonly hostKeys: readonly KeyPair[];
  readonly key: KeyPair;
}

/** Starts a builder: host, Nix, sshd. All users accept {@link Builder.key}. */
export async function startBuilder(options: BuilderOptions = {}): Promise<Builder> {
  const started = await startHost({ name: 'builder', ...options });
  const host = new Host(started);
  try {
    const [key, ...hostKeys] = await Promise.all([
      makeKey(host),
      makeKey(host),
      makeKey(host, { type: 'ecdsa' }),
    ]);
    const builder = new Builder(started, options, { key, hostKeys, port: await freePort() });
    await Promise.all([setUpNix(builder, options), setUpSshd(builder, hostKeys, options)]);
    return builder;
  } catch (error) {
    await host.stop();
    throw error;
  }
}

async function setUpSshd(
  builder: Builder,
  hostKeys: readonly KeyPair[],
  options: BuilderOptions,
): Promise<void> {
  const files = hostKeys.map(({ privateKey }, index) => [`host-key-${index}`, privateKey] as const);
  await builder.write(SSHD, {
    ...Object.fromEntries(files),
    sshd_config: sshdConfig(builder, options),
  });
  await builder.output(['chmod', '600', ...files.map(([name]) => `${SSHD}/${name}`)]);
  await builder.output(['mkdir', '-p', AUTHORIZED]);
  for (const user of Object.values(USERS)) {
    await builder.authorize(user.name, builder.key.publicKey);
  }
  await builder.sshd.start();
}

/** Debian's defaults, but for what the lab changes; the first value of an option wins. */
function sshdConfig(builder: Builder, options: BuilderOptions): string {
  // Newer sshds make an address wait that failed to log in; tests of refusals would disturb each other.
  const penalties = Number(builder.root.opensshVersion) < 9.8 ? [] : ['PerSourcePenalties no'];
  return [
    ...(options.sshdConfig ?? []),
    'ListenAddress 127.0.0.1',
    `Port ${builder.port}`,
    ...builder.hostKeys.map((_, index) => `HostKey ${SSHD}/host-key-${index}`),
    `AuthorizedKeysFile ${AUTHORIZED}/%u`,
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'UsePAM no',
    'PidFile none',
    'LogLevel VERBOSE',
    ...penalties,
    '',
  ].join('\n');
}

/** A port of 127.0.0.1 that nobody listens on now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') {
    throw new LabError('no port of 127.0.0.1 could be had');
  }
  return address.port;
}
