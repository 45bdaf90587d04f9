import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import path from 'node:path';
import { connectSsh, type SshConnection } from '../../src/ssh/connection.ts';
import type { Ssh2Options } from '../../src/ssh/options.ts';
import { makeTunnelFolder, removeTunnelFolder } from '../../src/tunnel/folder.ts';
import type { TunnelService } from '../../src/tunnel/service.ts';
import { Tunnel } from '../../src/tunnel/tunnel.ts';

export const PIPE = path.resolve(import.meta.dirname, '../../dist/pipe/index.js');

/** A tunnel in this process, and the way in which Nix would use it. */
export class LocalTunnel implements AsyncDisposable {
  readonly folder: string;
  readonly tunnel: Tunnel;
  readonly notices: string[];
  readonly #connections: Connections;

  private constructor(folder: string, tunnel: Tunnel, notices: string[], connections: Connections) {
    this.folder = folder;
    this.tunnel = tunnel;
    this.notices = notices;
    this.#connections = connections;
  }

  static async open(
    options: Ssh2Options,
    service: TunnelService,
    script = PIPE,
  ): Promise<LocalTunnel> {
    const notices: string[] = [];
    const connections = new Connections(options);
    const folder = await makeTunnelFolder('/tmp');
    const tunnel = await Tunnel.open({
      folder,
      name: 'builder',
      index: 0,
      label: 'the builder',
      service,
      pipe: { node: process.execPath, script },
      connection: () => connections.get(),
      onNotice: (notice) => notices.push(notice),
    });
    return new LocalTunnel(folder, tunnel, notices, connections);
  }

  /** How many connections there have been. */
  get connections(): number {
    return this.#connections.count;
  }

  /** Starts what Nix would start, with the environment that root's daemon gives: almost none. */
  pipe(
    options: { readonly env?: Readonly<Record<string, string>>; readonly uid?: number } = {},
  ): Pipe {
    const command = new URL(this.tunnel.storeUri).searchParams.get('remote-program') ?? '';
    const [program = '', ...args] = command.split(' ');
    return new Pipe(spawn(program, [...args, '--stdio'], { env: {}, ...options }));
  }

  /** What is left in the folder. */
  files(): readonly string[] {
    return readdirSync(this.folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.tunnel.close();
    await this.#connections.close();
    await removeTunnelFolder(this.folder);
  }
}

/** The program that joins Nix to a tunnel, as a process. */
export class Pipe {
  readonly child: ChildProcessWithoutNullStreams;
  readonly stderr: Promise<string>;
  /** The exit code, or the signal. */
  readonly exit: Promise<number | NodeJS.Signals>;

  constructor(child: ChildProcessWithoutNullStreams) {
    this.child = child;
    child.stdin.on('error', () => undefined);
    this.stderr = text(child.stderr);
    this.exit = once(child, 'close').then(
      ([code, signal]: (number | NodeJS.Signals | null)[]) => code ?? signal ?? -1,
    );
  }

  /** Sends text; with `end` that is all. */
  say(words: string, end: 'end' | 'go on' = 'go on'): void {
    if (end === 'end') this.child.stdin.end(words);
    else this.child.stdin.write(words);
  }

  /** The next piece of what the remote says. */
  async hear(): Promise<string> {
    const [chunk] = (await once(this.child.stdout, 'data')) as [Buffer];
    return chunk.toString();
  }

  /** All that the remote says. */
  async hearAll(): Promise<string> {
    return await text(this.child.stdout);
  }
}

/** One connection at a time, made when it is needed. */
class Connections {
  readonly #options: Ssh2Options;
  #current: Promise<SshConnection> | undefined;
  count = 0;

  constructor(options: Ssh2Options) {
    this.#options = options;
  }

  get(): Promise<SshConnection> {
    this.#current ??= this.#connect();
    return this.#current;
  }

  async close(): Promise<void> {
    (await this.#current?.catch(() => undefined))?.close();
  }

  async #connect(): Promise<SshConnection> {
    try {
      const connection = await connectSsh(this.#options);
      this.count += 1;
      void connection.closed.then(() => (this.#current = undefined));
      return connection;
    } catch (error) {
      this.#current = undefined;
      throw error;
    }
  }
}
