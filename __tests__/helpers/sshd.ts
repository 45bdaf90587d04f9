import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { waitUntil } from './wait-until.ts';
import { procFile } from './proc.ts';

const SSHD = '/usr/sbin/sshd';
const START_MS = 10_000;

export interface SshdOptions {
  /** Lines of authorized_keys. */
  readonly authorizedKeys?: readonly string[];
  /** Further lines of sshd_config, before the others: sshd takes the first value of an option. */
  readonly config?: readonly string[];
  readonly hostKeyTypes?: readonly HostKeyType[];
}

export type HostKeyType = 'ed25519' | 'rsa' | 'ecdsa';

/** A real sshd on loopback, with a configuration and host keys of its own. */
export class Sshd implements AsyncDisposable {
  readonly host = '127.0.0.1';
  readonly user = userInfo().username;
  readonly port: number;
  readonly dir: string;
  readonly process: ChildProcess;
  log = '';

  private constructor(dir: string, port: number, process: ChildProcess) {
    this.dir = dir;
    this.port = port;
    this.process = process;
    process.stderr?.on('data', (chunk: Buffer) => (this.log += chunk.toString()));
  }

  static async start(options: SshdOptions = {}): Promise<Sshd> {
    const dir = mkdtempSync(join(tmpdir(), 'sshd-test-'));
    const port = await freePort();
    const types = options.hostKeyTypes ?? ['ed25519'];
    for (const type of types) generateKey(join(dir, `host_${type}`), type);
    writeFileSync(join(dir, 'authorized_keys'), (options.authorizedKeys ?? []).join('\n') + '\n');
    writeFileSync(join(dir, 'sshd_config'), sshdConfig(dir, port, types, options.config ?? []));
    if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
    const child = spawn(SSHD, ['-D', '-e', '-f', join(dir, 'sshd_config')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const sshd = new Sshd(dir, port, child);
    await sshd.#listening();
    return sshd;
  }

  /** `ssh-ed25519 AAAA…` of one of the host's keys. */
  hostKey(type: HostKeyType = 'ed25519'): string {
    const [name = '', base64 = ''] = readFileSync(join(this.dir, `host_${type}.pub`), 'utf8').split(
      ' ',
    );
    return `${name} ${base64.trim()}`;
  }

  /** A line of known_hosts. */
  knownHosts(type: HostKeyType = 'ed25519'): string {
    return `[${this.host}]:${this.port} ${this.hostKey(type)}`;
  }

  authorize(...lines: string[]): void {
    writeFileSync(join(this.dir, 'authorized_keys'), lines.join('\n') + '\n');
  }

  /** The processes that serve connections. */
  sessions(): readonly number[] {
    return descendants(this.process.pid ?? 0);
  }

  /** Sends a signal to those processes, some of which may be ending anyway. */
  signalSessions(signal: NodeJS.Signals, pids = this.sessions()): readonly number[] {
    return pids.filter((pid) => {
      try {
        return process.kill(pid, signal);
      } catch {
        return false;
      }
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    if (this.process.exitCode === null) {
      this.process.kill('SIGCONT');
      this.process.kill('SIGTERM');
      await Promise.race([ended, delay(5000).then(() => this.process.kill('SIGKILL'))]);
    }
    rmSync(this.dir, { recursive: true, force: true });
  }

  async #listening(): Promise<void> {
    const up = () => this.process.exitCode !== null || accepts(this.port);
    await waitUntil(up, 'the start of sshd', START_MS).catch(() => undefined);
    if (this.process.exitCode === null && (await accepts(this.port))) return;
    this.process.kill('SIGKILL');
    throw new Error(`sshd did not start: ${this.log}`);
  }
}

function descendants(pid: number): readonly number[] {
  const children = (procFile(`/proc/${pid}/task/${pid}/children`) ?? '')
    .split(' ')
    .filter((word) => word !== '')
    .map(Number);
  return children.flatMap((child) => [child, ...descendants(child)]);
}

/** Makes a key pair at `path` and `path.pub`; returns the public line. */
export function generateKey(
  path: string,
  type: HostKeyType,
  options: { passphrase?: string; format?: string; bits?: number } = {},
): string {
  const format = options.format === undefined ? [] : ['-m', options.format];
  const bits = options.bits === undefined ? [] : ['-b', String(options.bits)];
  execFileSync(
    'ssh-keygen',
    [
      '-q',
      '-t',
      type,
      '-N',
      options.passphrase ?? '',
      '-C',
      'test',
      '-f',
      path,
      ...format,
      ...bits,
    ],
    { stdio: 'ignore' },
  );
  chmodSync(path, 0o600);
  return readFileSync(`${path}.pub`, 'utf8').trim();
}

function sshdConfig(
  dir: string,
  port: number,
  types: readonly HostKeyType[],
  lines: readonly string[],
): string {
  return [
    ...lines,
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    ...types.map((type) => `HostKey ${join(dir, `host_${type}`)}`),
    `PidFile ${join(dir, 'sshd.pid')}`,
    `AuthorizedKeysFile ${join(dir, 'authorized_keys')}`,
    'PermitRootLogin yes',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'UsePAM no',
    'StrictModes no',
    'LogLevel VERBOSE',
    '',
  ].join('\n');
}

/** A port of loopback that nothing listens on just now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
