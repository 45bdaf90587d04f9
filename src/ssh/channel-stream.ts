import { Duplex } from 'node:stream';

import type { ClientChannel } from 'ssh2';

import { ActionError } from '../domain/errors.ts';
import { ReceiveWindow } from './window.ts';
import { writeBatches } from './write-batches.ts';

const READ_AHEAD = 256 * 1024;

type WriteDone = (error?: Error | null) => void;

/**
 * An ssh2 channel as a stream that keeps Node's rules. ssh2's own `destroy()` half-closes, never fails a write that
 * waits, and shows a lost connection as a clean end, which a reader would take for the end of the data.
 */
export class ChannelStream extends Duplex {
  readonly #channel: ClientChannel;
  readonly #window: ReceiveWindow;
  #channelOpen = true;
  #waitingWrite: WriteDone | undefined;

  /** @param windowBytes what may be in flight and unread */
  constructor(channel: ClientChannel, windowBytes: number) {
    super({ allowHalfOpen: false, readableHighWaterMark: READ_AHEAD });
    this.#channel = channel;
    this.#window = new ReceiveWindow(channel, windowBytes);
    // Whoever reads or writes is told of an error; where nobody does, a lost connection must not end the process.
    this.on('error', () => undefined);
    channel.on('data', (chunk: Buffer) => this.#receive(chunk));
    channel.on('end', () => this.push(null));
    channel.on('close', () => this.#closedByRemote());
    // Where nobody listens (a socket has no standard error) it is dropped, not kept.
    channel.stderr.resume();
    this.#refill();
  }

  /** Ends the stream with the reason why its connection is gone, unless the far side had ended it before. */
  connectionLost(reason: Error): void {
    if (!this.#channelOpen) return;
    this.#channelOpen = false;
    this.destroy(reason);
  }

  override _read(): void {
    this.#channel.resume();
    this.#refill();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: WriteDone): void {
    if (!this.#channelOpen) {
      done(closedByRemote());
      return;
    }
    this.#waitingWrite = done;
    this.#channel.write(chunk, () => this.#written());
  }

  override _writev(chunks: { chunk: Buffer; encoding: BufferEncoding }[], done: WriteDone): void {
    const batches = writeBatches(chunks.map(({ chunk }) => chunk));
    const writeNext = (error?: Error | null) => {
      const next = batches.shift();
      if (error || next === undefined) done(error);
      else this._write(next, 'utf8', writeNext);
    };
    writeNext();
  }

  override _final(done: WriteDone): void {
    if (this.#channelOpen) this.#channel.end();
    done();
  }

  override _destroy(error: Error | null, done: WriteDone): void {
    if (this.#channelOpen) {
      this.#channelOpen = false;
      this.#window.end();
      this.#channel.close();
      // What still arrives is thrown away: ssh2 reports the channel closed only after its last byte was read.
      this.#channel.resume();
    }
    done(error);
  }

  #receive(chunk: Buffer): void {
    if (this.destroyed) return;
    if (!this.push(chunk)) this.#channel.pause();
    this.#refill();
  }

  #refill(): void {
    if (this.#channelOpen) {
      this.#window.refill(this.readableLength + this.#channel.readableLength);
    }
  }

  #written(): void {
    const done = this.#waitingWrite;
    this.#waitingWrite = undefined;
    done?.();
  }

  #closedByRemote(): void {
    this.#channelOpen = false;
    const done = this.#waitingWrite;
    this.#waitingWrite = undefined;
    done?.(closedByRemote());
  }
}

export function closedByRemote(): ActionError {
  return new ActionError('connection-lost', 'the program on the remote side closed the channel');
}
