import { Duplex, Readable } from 'node:stream';

import { closedByRemote } from '../channel-stream.ts';
import type { ExitStatus } from '../connection.ts';
import { Diagnostics } from '../diagnostics.ts';
import { writeBatches } from '../write-batches.ts';
import type { Channel, ChannelListener } from './channel.ts';

const READ_AHEAD = 256 * 1024;

type WriteDone = (error?: Error | null) => void;

/** A channel as a stream, and what it tells besides. */
export class MuxStream extends Duplex {
  /** For the channel, from the moment it is asked for. */
  readonly listener: ChannelListener;
  /** Standard error; what nobody listens to is dropped. */
  readonly stderr: Readable;
  /** Settles once all output was received, or the connection lost; never rejects. */
  readonly exit: Promise<ExitStatus>;
  readonly #diagnostics: Diagnostics;
  readonly #windowBytes: () => number;
  readonly #ended = Promise.withResolvers<undefined>();
  #status: ExitStatus = { code: undefined, signal: undefined };
  #channel: Channel | undefined;
  #isOpen = true;
  #waiting: { readonly rest: Buffer; readonly done: WriteDone } | undefined;

  /** @param windowBytes what may be in flight and unread, as it is known by now */
  constructor(windowBytes: () => number) {
    super({ allowHalfOpen: false, readableHighWaterMark: READ_AHEAD });
    this.#windowBytes = windowBytes;
    this.stderr = new Readable({ read: () => this.#refill() }).resume();
    this.#diagnostics = new Diagnostics(this.stderr);
    this.listener = {
      data: (chunk) => this.#receive(chunk, this),
      stderr: (chunk) => this.#receive(chunk, this.stderr),
      eof: () => this.push(null),
      exited: (status) => (this.#status = status),
      writable: () => this.#sendWaiting(),
      closed: () => this.#closedByRemote(),
    };
    // Whoever reads or writes is told of an error; where nobody does, a lost connection must not end the process.
    this.on('error', () => undefined);
    this.exit = this.#ended.promise.then(() => this.#status);
  }

  /** The last that came on standard error. */
  diagnostics(): string {
    return this.#diagnostics.text();
  }

  /** Takes the channel once it is open; nobody may want it any more. */
  attach(channel: Channel): void {
    this.#channel = channel;
    if (this.#isOpen) this.#refill();
    else channel.close();
  }

  /** Ends the stream with the reason why its connection is gone, unless the far side had ended it before. */
  connectionLost(reason: Error): void {
    this.#ended.resolve(undefined);
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.stderr.push(null);
    this.destroy(reason);
  }

  override _read(): void {
    this.#refill();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: WriteDone): void {
    if (chunk.length === 0) done();
    else this.#send(chunk, done);
  }

  override _writev(chunks: { chunk: Buffer; encoding: BufferEncoding }[], done: WriteDone): void {
    const batches = writeBatches(chunks.map(({ chunk }) => chunk));
    const writeNext = (error?: Error | null): void => {
      const next = batches.shift();
      if (error || next === undefined) done(error);
      else this._write(next, 'utf8', writeNext);
    };
    writeNext();
  }

  override _final(done: WriteDone): void {
    if (this.#isOpen) this.#channel?.eof();
    done();
  }

  override _destroy(error: Error | null, done: WriteDone): void {
    if (this.#isOpen) {
      this.#isOpen = false;
      this.#channel?.close();
    }
    done(error);
  }

  #receive(chunk: Buffer, reader: Readable): void {
    // What still arrives after the end is thrown away.
    if (!this.destroyed) reader.push(chunk);
    this.#refill();
  }

  /** What was received and not read counts against the window, so a reader that pauses holds at most one window in memory. */
  #refill(): void {
    if (!this.#isOpen || !this.#channel) return;
    const bytes = this.#windowBytes();
    const unread = this.readableLength + this.stderr.readableLength;
    const grant = bytes - this.#channel.receiveWindow - unread;
    // In few and large steps: each costs a packet.
    if (grant >= bytes / 8) this.#channel.grant(grant);
  }

  #send(chunk: Buffer, done: WriteDone): void {
    if (!this.#isOpen || !this.#channel) {
      done(closedByRemote());
      return;
    }
    const rest = this.#channel.write(chunk, () => done());
    if (rest.length > 0) this.#waiting = { rest, done };
  }

  #sendWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting) this.#send(waiting.rest, waiting.done);
  }

  #closedByRemote(): void {
    this.#isOpen = false;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.done(closedByRemote());
    this.stderr.push(null);
    if (!this.destroyed) this.push(null);
    this.#ended.resolve(undefined);
  }
}
