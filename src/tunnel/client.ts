import type { Socket } from 'node:net';
import type { Duplex, Readable } from 'node:stream';
import { asActionError } from '../domain/errors.ts';
import { printable } from '../domain/text.ts';
import { DIAGNOSTICS_GRACE, streamEnded } from '../store/stream-ended.ts';
import { STDERR, STDOUT, writeFrame } from './frames.ts';
import { BYTES_FOLLOW, FRAMES_FOLLOW, refusal } from './greeting.ts';
import { forward, relay } from './relay.ts';
import type { ServiceStream } from './service.ts';

/** How long the remote may be silent after a client has ended its side, milliseconds. */
const SILENCE_MS = 1000;

/** How long a client may stay when the remote has gone, milliseconds. */
const FAREWELL_MS = 5000;

/** How long the remote may take to greet, milliseconds: its sshd may answer for a Nix that hangs, and Nix would wait without end. */
const GREETING_MS = 45_000;

/** What may wait of a client until its channel is open, bytes. */
const HELD_LIMIT = 1024 * 1024;

const NOTHING = Buffer.alloc(0);

export interface ClientOptions {
  readonly openChannel: (signal: AbortSignal) => Promise<ServiceStream>;
  /** The remote, for people. */
  readonly label: string;
  /** Told, in one line, why a client was turned away. */
  readonly onNotice: (text: string) => void;
}

/**
 * A client of the tunnel and its channel: each end of a side is passed on, and when one is gone, so is the other.
 *
 * A client that ends its side may still listen: Nix does that to hear why a handshake failed. But it may as well be gone, with the program
 * that joins it to us left over, and on a daemon's socket an end stops no build. So from then on the remote must not be silent for long.
 */
export class TunnelClient {
  /** Resolves when nothing is left of it. */
  readonly ended: Promise<undefined>;
  readonly #socket: Socket;
  readonly #options: ClientOptions;
  readonly #gone = new AbortController();
  /** What came before there was a channel. */
  #held: Buffer[] = [];
  #heldBytes = 0;
  #hasEnded = false;
  #hasHeard = false;
  #channel: Duplex | undefined;
  #limit: NodeJS.Timeout | undefined;

  /** @param socket of a server that allows half-open connections */
  constructor(socket: Socket, options: ClientOptions) {
    this.#socket = socket;
    this.#options = options;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.ended = promise;
    socket.once('close', () => {
      this.#closed();
      resolve(undefined);
    });
    socket.on('error', () => undefined);
    socket.on('data', this.#hold);
    socket.on('end', () => this.#clientEnded());
    void this.#join();
  }

  get bytesReceived(): number {
    return this.#socket.bytesRead;
  }

  get bytesSent(): number {
    return this.#socket.bytesWritten;
  }

  /** Ends both sides hard. Idempotent. */
  close(): void {
    this.#socket.destroy();
  }

  readonly #hold = (chunk: Buffer): void => {
    this.#held.push(chunk);
    this.#heldBytes += chunk.length;
    if (this.#heldBytes > HELD_LIMIT) this.#socket.pause();
  };

  async #join(): Promise<void> {
    try {
      const { signal } = this.#gone;
      const stream = await this.#options.openChannel(signal);
      if (signal.aborted) stream.duplex.destroy();
      else this.#connect(stream);
    } catch (error) {
      if (this.#gone.signal.aborted) return;
      this.#turnAway(asActionError(error).message);
    }
  }

  #connect(stream: ServiceStream): void {
    const socket = this.#socket;
    const { duplex } = stream;
    this.#channel = duplex;
    const late = setTimeout(() => this.#remoteSilent(), GREETING_MS).unref();
    duplex.once('close', () => clearTimeout(late));
    duplex.once('data', (chunk: Buffer) => {
      clearTimeout(late);
      this.#remoteSpeaks(stream, chunk);
    });
    duplex.on('error', (error) => this.#remoteLost(error));
    duplex.once('end', () => this.#remoteEnded(stream));
    socket.off('data', this.#hold);
    for (const chunk of this.#held.splice(0)) duplex.write(chunk);
    relay(socket, duplex);
    socket.resume();
    if (!this.#hasEnded) return;
    duplex.end();
    this.#leaveAfter(SILENCE_MS);
  }

  #remoteSpeaks(stream: ServiceStream, chunk: Buffer): void {
    const { duplex, stderr } = stream;
    this.#hasHeard = true;
    duplex.on('data', () => this.#limit?.refresh());
    if (stderr === undefined) {
      this.#socket.write(Buffer.concat([BYTES_FOLLOW, chunk]));
      relay(duplex, this.#socket);
    } else {
      this.#relayFrames(duplex, stderr, [Buffer.from(stream.diagnostics()), chunk]);
    }
  }

  /** @param begun what both have said so far */
  #relayFrames(stdout: Duplex, stderr: Readable, begun: readonly [stderr: Buffer, stdout: Buffer]) {
    const socket = this.#socket;
    socket.write(FRAMES_FOLLOW);
    writeFrame(socket, STDERR, begun[0]);
    writeFrame(socket, STDOUT, begun[1]);
    forward(stderr, socket, (chunk) => writeFrame(socket, STDERR, chunk));
    forward(stdout, socket, (chunk) => writeFrame(socket, STDOUT, chunk));
    stdout.on('end', () => socket.end());
  }

  /** All is said; if it is nothing, the standard error of the program, which may still be on its way, tells why. */
  #remoteEnded(stream: ServiceStream): void {
    this.#leaveAfter(FAREWELL_MS);
    if (this.#hasHeard) return;
    setTimeout(() => {
      const { label } = this.#options;
      const unknown = { waiting: undefined, waitingCount: 0, cause: undefined };
      const end = { label, isGreeted: false, diagnostics: stream.diagnostics(), ...unknown };
      this.#turnAway(streamEnded(end).message);
    }, DIAGNOSTICS_GRACE);
  }

  #remoteSilent(): void {
    const { label } = this.#options;
    this.#turnAway(`${label}: the Nix there did not greet in ${GREETING_MS / 1000} s`);
  }

  #remoteLost(error: Error): void {
    if (this.#hasHeard) this.close();
    else this.#turnAway(error.message);
  }

  #turnAway(reason: string): void {
    if (this.#socket.destroyed) return;
    this.#options.onNotice(reason);
    this.#socket.end(refusal(printable(reason)));
    this.#leaveAfter(FAREWELL_MS);
  }

  #clientEnded(): void {
    this.#hasEnded = true;
    // Of one that has not only ended but closed, even nothing is not taken (EPIPE): its 'close' follows at once.
    if (this.#socket.writable) this.#socket.write(NOTHING);
    if (this.#channel) this.#leaveAfter(SILENCE_MS);
  }

  /** Unless it still takes what there is for it. */
  #leaveAfter(ms: number): void {
    clearTimeout(this.#limit);
    this.#limit = setTimeout(() => {
      if (this.#socket.writableLength > 0) this.#limit?.refresh();
      else this.close();
    }, ms);
  }

  #closed(): void {
    clearTimeout(this.#limit);
    this.#gone.abort();
    this.#channel?.destroy();
  }
}
