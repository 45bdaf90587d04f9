import type { Writable } from 'node:stream';

/*
 * A program's output and its standard error on one stream, each piece as: one byte, 1 or 2; its length as 32 bits, big-endian; the bytes.
 * In the legacy protocol build logs are standard error (build-remote.cc, `log-fd`).
 */
export const STDOUT = 1;
export const STDERR = 2;

export type Descriptor = typeof STDOUT | typeof STDERR;

const HEAD_BYTES = 5;

export function writeFrame(to: Writable, descriptor: Descriptor, bytes: Buffer): void {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt8(descriptor);
  head.writeUInt32BE(bytes.length, 1);
  to.cork();
  to.write(head);
  to.write(bytes);
  to.uncork();
}

/** Takes frames apart as they arrive, in pieces of any size. */
export class FrameReader {
  readonly #deliver: (descriptor: number, bytes: Buffer) => void;
  readonly #head = Buffer.alloc(HEAD_BYTES);
  #headBytes = 0;
  /** Of the frame that is being read. */
  #left = 0;

  constructor(deliver: (descriptor: number, bytes: Buffer) => void) {
    this.#deliver = deliver;
  }

  push(chunk: Buffer): void {
    let rest = chunk;
    while (rest.length > 0) rest = this.#left === 0 ? this.#readHead(rest) : this.#readBytes(rest);
  }

  #readHead(chunk: Buffer): Buffer {
    const taken = chunk.copy(this.#head, this.#headBytes);
    this.#headBytes += taken;
    if (this.#headBytes === HEAD_BYTES) {
      this.#headBytes = 0;
      this.#left = this.#head.readUInt32BE(1);
    }
    return chunk.subarray(taken);
  }

  #readBytes(chunk: Buffer): Buffer {
    const bytes = chunk.subarray(0, this.#left);
    this.#left -= bytes.length;
    this.#deliver(this.#head.readUInt8(), bytes);
    return chunk.subarray(bytes.length);
  }
}
