import { once } from 'node:events';
import { chown } from 'node:fs/promises';
import { connect } from 'node:net';
import { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type Finished,
  type HostProcess,
  type NixHost,
  type RunToEndOptions,
  USERS,
  within,
} from '../../lab/index.ts';
import type { ByteStream } from '../../src/domain/byte-stream.ts';
import { OffloadServer } from '../../src/offload/server.ts';
import type { TakeOver } from '../../src/offload/take-over.ts';
import { clientHello } from '../../src/protocol/handshake.ts';
import { processStream, socketStream } from '../store/streams.ts';

const SOCKET = '/tmp/offload.sock';

/** Magic, version, length and text of the daemon's version (up to 8 bytes), trust, LAST. */
const GREETING_LENGTH = 48;

export const passing: TakeOver = () => Promise.resolve({ kind: 'pass' });

/** An offload socket on a host, and the host's own programs as its clients. Served by the test's process, as root. */
export class TestSocket implements AsyncDisposable {
  readonly server: OffloadServer;
  readonly notices: readonly string[];
  readonly host: NixHost;

  private constructor(host: NixHost, server: OffloadServer, notices: readonly string[]) {
    this.host = host;
    this.server = server;
    this.notices = notices;
  }

  /** @param local how the local store is reached: as the host does, unless said */
  static async serve(
    host: NixHost,
    takeOver: TakeOver = passing,
    local: () => ByteStream | Promise<ByteStream> = () => localStream(host),
  ): Promise<TestSocket> {
    const notices: string[] = [];
    const server = await OffloadServer.listen({
      socketPath: host.path(SOCKET),
      openLocalStream: async () => await local(),
      takeOver,
      onNotice: (text) => notices.push(text),
    });
    const { uid } = USERS[host.owner];
    await chown(host.path(SOCKET), uid, uid);
    return new TestSocket(host, server, notices);
  }

  readonly env = { NIX_REMOTE: 'daemon', NIX_DAEMON_SOCKET_PATH: SOCKET };

  /** As the test's process sees it. */
  get path(): string {
    return this.host.path(SOCKET);
  }

  spawn(argv: readonly string[], cwd?: string): HostProcess {
    return this.host.spawn(argv, { user: this.host.owner, env: this.env, cwd });
  }

  run(argv: readonly string[], options: RunToEndOptions = {}): Promise<Finished> {
    return this.host.run(argv, {
      user: this.host.owner,
      env: this.env,
      timeoutMs: 30_000,
      ...options,
    });
  }

  /** What a program prints. @throws Error with what it said when it fails */
  async output(argv: readonly string[], options: RunToEndOptions = {}): Promise<string> {
    const { code, stdout, stderr } = await this.run(argv, options);
    if (code !== 0) throw new Error(`${argv.join(' ')}: ${code}\n${stderr}`);
    return stdout.trimEnd();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.close();
  }
}

/** As the host's own clients reach their store: its daemon, or a program of their own. */
export async function localStream(host: NixHost): Promise<ByteStream> {
  if (!host.daemon) return processStream(host.stdioDaemon());
  const stream = socketStream(host);
  await once(stream.duplex, 'connect');
  return stream;
}

/** A stream whose far side can stop taking what is sent to it. */
export function stalling(inner: ByteStream) {
  const far = inner.duplex;
  let taken = 0;
  let gate = Promise.resolve();
  let open: () => void = () => undefined;
  const duplex = new Duplex({
    read: () => void far.resume(),
    write: (chunk: Buffer, _encoding, done) => {
      taken += chunk.length;
      void gate.then(() => far.write(chunk, done));
    },
    destroy: (error, done) => {
      far.destroy();
      done(error);
    },
  });
  far.on('data', (chunk: Buffer) => {
    if (!duplex.push(chunk)) far.pause();
  });
  far.on('close', () => duplex.destroy());
  return {
    stream: { duplex, diagnostics: () => '' } satisfies ByteStream,
    /** Bytes. */
    get taken() {
      return taken;
    },
    stall: () => void (gate = new Promise((resolve) => (open = resolve))),
    resume: () => open(),
  };
}

/** A client that says what no client of Nix would. */
export class RawClient implements Disposable {
  readonly #socket;
  #chunks: Buffer[] = [];
  #received = 0;

  constructor(path: string) {
    this.#socket = connect(path);
    this.#socket.on('data', (chunk) => {
      this.#chunks.push(chunk);
      this.#received += chunk.length;
    });
    this.#socket.on('error', () => undefined);
  }

  /** Connects, and greets as a client of protocol 1.37. */
  static async greeted(path: string): Promise<RawClient> {
    const client = new RawClient(path);
    client.send(clientHello());
    await client.receive(GREETING_LENGTH);
    return client;
  }

  send(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  /** Reads nothing until {@link resume}. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** The next so many bytes. */
  async receive(length: number): Promise<Buffer> {
    const whole = async (): Promise<void> => {
      while (this.#received < length) await once(this.#socket, 'data');
    };
    await within(10_000, `${length} bytes of the socket`, whole());
    const all = this.#take();
    this.#chunks = [all.subarray(length)];
    this.#received = all.length - length;
    return all.subarray(0, length);
  }

  /** All that came before the socket was still for a moment, which is not before something came. */
  async receiveText(): Promise<string> {
    while (this.#received === 0) await within(10_000, 'an answer', once(this.#socket, 'data'));
    await delay(100);
    return this.#take().toString('latin1');
  }

  /** Everything until the other side ends the connection. */
  async receiveAll(): Promise<Buffer> {
    await within(10_000, 'end of the connection', once(this.#socket, 'close'));
    return this.#take();
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  #take(): Buffer {
    const all = Buffer.concat(this.#chunks);
    this.#chunks = [];
    this.#received = 0;
    return all;
  }
}
