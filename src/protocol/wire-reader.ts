import { ActionError } from '../domain/errors.ts';
import { ChunkBuffer } from './chunk-buffer.ts';
import { paddedLength } from './wire-writer.ts';

/**
 * A decoder that does not know where its bytes come from: it yields whenever it needs more of them, and returns what it
 * decoded. Whoever drives it pushes bytes into the {@link WireReader} and resumes it. What is there already is decoded
 * without a pause, so an answer that came in one chunk costs no turn of the event loop.
 *
 * It yields a promise where somebody who was told of what came is to be waited for: to be resumed when that has resolved.
 */
export type Decoding<T> = Generator<Promise<void> | undefined, T, undefined>;

/** The most one message or answer may take in memory, bytes. NARs are handed on as they come and do not count. */
export const MESSAGE_LIMIT = 64 * 1024 * 1024;

/** What an item of a list costs at least: a peer that announces more items than could follow is refused at once. */
const ITEM_SIZE = 8;

/**
 * The receiving end of the wire format: chunks go in as they arrive, values come out. Everything a peer can say is bounded by
 * {@link MESSAGE_LIMIT} per message, and nothing is allocated on the strength of a count alone.
 */
export class WireReader {
  readonly #input = new ChunkBuffer();
  #budget = MESSAGE_LIMIT;

  push(chunk: Buffer): void {
    this.#input.push(chunk);
  }

  /** Bytes that are here and not yet decoded. */
  get available(): number {
    return this.#input.available;
  }

  /** Bytes decoded since the beginning. */
  get consumed(): number {
    return this.#input.consumed;
  }

  /** A new message begins: it may take up to `limit` bytes. */
  beginMessage(limit = MESSAGE_LIMIT): void {
    this.#budget = limit;
  }

  /** The undecoded bytes, without taking them: for error texts. */
  peek(limit: number): Buffer {
    return this.#input.peek(limit);
  }

  /** From here on every byte that is decoded is also given to `sink`, uncopied and in large pieces, until {@link endTee}. */
  beginTee(sink: (bytes: Buffer) => void): void {
    this.#input.beginTee(sink);
  }

  endTee(): void {
    this.#input.endTee();
  }

  /** @throws ActionError `protocol-violation` above 2^53. */
  *u64(): Decoding<number> {
    const here = this.#input.whole(8);
    if (!here) return toNumber(yield* this.raw(8), 0);
    const value = toNumber(here.chunk, here.offset); // in place: a NAR of small files is mostly numbers
    this.#spend(8);
    this.#input.drop(8);
    return value;
  }

  *u64big(): Decoding<bigint> {
    return (yield* this.raw(8)).readBigUInt64LE();
  }

  *bool(): Decoding<boolean> {
    return (yield* this.u64()) !== 0;
  }

  /** UTF-8 of at most `limit` bytes. */
  *string(limit = MESSAGE_LIMIT): Decoding<string> {
    return (yield* this.bytes(limit)).toString();
  }

  /** What is written as a string but is not text. The buffer may share memory with the chunk it came in. */
  *bytes(limit = MESSAGE_LIMIT): Decoding<Buffer> {
    const length = yield* this.u64();
    if (length > limit) throw violation(`a string of ${length} bytes where ${limit} are allowed`);
    const padded = yield* this.raw(paddedLength(length));
    if (!isZero(padded, length)) throw violation('a string is not padded with zeros');
    return padded.subarray(0, length);
  }

  *strings(): Decoding<string[]> {
    return yield* this.list(() => this.string());
  }

  *stringMap(): Decoding<Map<string, string>> {
    return new Map(yield* this.list(() => this.#pair()));
  }

  *#pair(): Decoding<[string, string]> {
    return [yield* this.string(), yield* this.string()];
  }

  *list<T>(item: () => Decoding<T>): Decoding<T[]> {
    const count = yield* this.u64();
    if (count * ITEM_SIZE > this.#budget) {
      throw violation(`a list of ${count} items, more than a message may hold`);
    }
    const items: T[] = [];
    while (items.length < count) items.push(yield* item());
    return items;
  }

  /** Exactly `length` bytes that carry no length of their own, copied only where they came in several chunks. */
  *raw(length: number): Decoding<Buffer> {
    this.#spend(length);
    if (this.#input.whole(length)) return this.#input.take(length);

    const joined = Buffer.allocUnsafe(length);
    for (let filled = 0; filled < length;) {
      while (this.#input.available === 0) yield;
      const piece = this.#input.take(length - filled);
      filled += piece.copy(joined, filled);
    }
    return joined;
  }

  /** Passes over bytes without holding on to them (`onBytes` sees them); they do not count against the message. */
  *skip(length: number, onBytes?: (bytes: Buffer) => void): Decoding<void> {
    for (let left = length; left > 0;) {
      while (this.#input.available === 0) yield;
      if (onBytes) {
        const piece = this.#input.take(left);
        left -= piece.length;
        onBytes(piece);
      } else {
        left -= this.#input.drop(left);
      }
    }
  }

  /** Takes `expected` if it is what comes next; nothing otherwise, nor if it is not wholly here in one chunk. */
  takeIfNext(expected: Buffer): boolean {
    return this.#input.takeIfNext(expected);
  }

  #spend(bytes: number): void {
    if (bytes > this.#budget) throw violation('a message is larger than allowed');
    this.#budget -= bytes;
  }
}

/** What the peer said cannot be the worker protocol. The session knows which peer, and adds it. */
export function violation(what: string): ActionError {
  return new ActionError('protocol-violation', what);
}

function toNumber(bytes: Buffer, offset: number): number {
  const high = bytes.readUInt32LE(offset + 4);
  if (high > 0x1fffff) {
    throw violation(`the number 0x${bytes.readBigUInt64LE(offset).toString(16)} is too large`);
  }
  return high * 0x1_0000_0000 + bytes.readUInt32LE(offset);
}

function isZero(bytes: Buffer, from: number): boolean {
  for (let index = from; index < bytes.length; index++) {
    if (bytes[index] !== 0) return false;
  }
  return true;
}
