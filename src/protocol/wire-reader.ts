import { ActionError } from '../domain/errors.ts';
import { paddedLength } from './wire-writer.ts';

/**
 * A decoder that does not know where its bytes come from: it yields whenever it needs more of them, and returns what it
 * decoded. Whoever drives it pushes bytes into the {@link WireReader} and resumes it. What is there already is decoded
 * without a pause, so an answer that came in one chunk costs no turn of the event loop.
 */
export type Decoding<T> = Generator<undefined, T, undefined>;

/** The most one message or answer may take in memory, bytes. NARs are handed on as they come and do not count. */
export const MESSAGE_LIMIT = 64 * 1024 * 1024;

/** What an item of a list costs at least: a peer that announces more items than could follow is refused at once. */
const ITEM_SIZE = 8;

/**
 * The receiving end of the wire format: chunks go in as they arrive, values come out. Everything a peer can say is bounded by
 * {@link MESSAGE_LIMIT} per message, and nothing is allocated on the strength of a count alone.
 */
export class WireReader {
  #chunks: Buffer[] = [];
  /** Position in the first chunk. */
  #offset = 0;
  #available = 0;
  #budget = MESSAGE_LIMIT;
  #consumed = 0;
  #tee: ((bytes: Buffer) => void) | undefined;
  #teeStart = 0;

  push(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#available += chunk.length;
  }

  /** Bytes that are here and not yet decoded. */
  get available(): number {
    return this.#available;
  }

  /** Bytes decoded since the beginning. */
  get consumed(): number {
    return this.#consumed;
  }

  /** A new message begins: it may take up to `limit` bytes. */
  beginMessage(limit = MESSAGE_LIMIT): void {
    this.#budget = limit;
  }

  /** The undecoded bytes, without taking them: for error texts. */
  peek(limit: number): Buffer {
    const [first, ...rest] = this.#chunks;
    return Buffer.concat([first?.subarray(this.#offset) ?? Buffer.alloc(0), ...rest]).subarray(
      0,
      limit,
    );
  }

  /**
   * From here on every byte that is decoded is also given to `sink`, uncopied and in large pieces, until {@link endTee}.
   */
  beginTee(sink: (bytes: Buffer) => void): void {
    this.#tee = sink;
    this.#teeStart = this.#offset;
  }

  endTee(): void {
    const first = this.#chunks[0];
    if (first) this.#emitTee(first, this.#offset);
    this.#tee = undefined;
  }

  /** @throws ActionError `protocol-violation` above 2^53. */
  *u64(): Decoding<number> {
    const first = this.#chunks[0];
    if (!first || this.#offset + 8 > first.length) return toNumber(yield* this.#take(8), 0);
    const value = toNumber(first, this.#offset); // in place: a NAR of small files is mostly numbers
    this.#spend(8);
    this.#pass(first, 8);
    return value;
  }

  *u64big(): Decoding<bigint> {
    return (yield* this.#take(8)).readBigUInt64LE();
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
    const padded = yield* this.#take(paddedLength(length));
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

  /** Exactly `length` bytes that carry no length of their own. */
  *raw(length: number): Decoding<Buffer> {
    return yield* this.#take(length);
  }

  /** Passes over bytes without holding on to them (`onBytes` sees them); they do not count against the message. */
  *skip(length: number, onBytes?: (bytes: Buffer) => void): Decoding<void> {
    for (let left = length; left > 0;) {
      const first = this.#chunks[0];
      if (!first) {
        yield;
        continue;
      }
      const start = this.#offset;
      const length = Math.min(left, first.length - start);
      left -= length;
      this.#pass(first, length);
      onBytes?.(first.subarray(start, start + length));
    }
  }

  /** Takes `expected` if it is what comes next; nothing otherwise, nor if it is not wholly here in one piece. */
  takeIfNext(expected: Buffer): boolean {
    const first = this.#chunks[0];
    const end = this.#offset + expected.length;
    if (!first || end > first.length) return false;
    if (first.compare(expected, 0, expected.length, this.#offset, end) !== 0) return false;
    this.#pass(first, expected.length);
    return true;
  }

  /** Exactly `length` bytes in one piece, copied only where they came in several. */
  *#take(length: number): Decoding<Buffer> {
    this.#spend(length);
    const first = this.#chunks[0];
    if (first && first.length - this.#offset >= length) return this.#advance(length);

    const whole = Buffer.allocUnsafe(length);
    for (let filled = 0; filled < length;) {
      while (this.#available === 0) yield;
      const piece = this.#advance(length - filled);
      filled += piece.copy(whole, filled);
    }
    return whole;
  }

  #spend(bytes: number): void {
    if (bytes > this.#budget) throw violation('a message is larger than allowed');
    this.#budget -= bytes;
  }

  /** Up to `limit` bytes of the first chunk. */
  #advance(limit: number): Buffer {
    const first = this.#chunks[0];
    if (!first) return Buffer.alloc(0);
    const start = this.#offset;
    const length = Math.min(limit, first.length - start);
    this.#pass(first, length);
    return first.subarray(start, start + length);
  }

  /** Leaves behind bytes of `first`, the first chunk, and the chunk itself when that was all of it. */
  #pass(first: Buffer, length: number): void {
    this.#offset += length;
    this.#available -= length;
    this.#consumed += length;
    if (this.#offset < first.length) return;
    this.#emitTee(first, this.#offset);
    this.#chunks.shift();
    this.#offset = 0;
  }

  #emitTee(chunk: Buffer, end: number): void {
    if (!this.#tee) return;
    if (end > this.#teeStart) this.#tee(chunk.subarray(this.#teeStart, end));
    this.#teeStart = end === chunk.length ? 0 : end;
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
