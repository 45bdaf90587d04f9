/** Bytes that arrived in chunks and are taken from the front, uncopied wherever they lie in one chunk. */
export class ChunkBuffer {
  readonly #chunks: Buffer[] = [];
  /** Position in the first chunk. */
  #offset = 0;
  #available = 0;
  #consumed = 0;
  #tee: ((bytes: Buffer) => void) | undefined;
  #teeStart = 0;

  push(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#available += chunk.length;
  }

  /** Bytes that are here and not yet taken. */
  get available(): number {
    return this.#available;
  }

  /** Bytes taken since the beginning. */
  get consumed(): number {
    return this.#consumed;
  }

  /** Up to `limit` of the next bytes, without taking them. */
  peek(limit: number): Buffer {
    const [first, ...rest] = this.#chunks;
    if (!first) return Buffer.alloc(0);
    return Buffer.concat([first.subarray(this.#offset), ...rest]).subarray(0, limit);
  }

  /** The next byte's chunk and its place in there, if that chunk holds `length` more bytes. */
  whole(length: number): { chunk: Buffer; offset: number } | undefined {
    const chunk = this.#chunks[0];
    if (!chunk || this.#offset + length > chunk.length) return undefined;
    return { chunk, offset: this.#offset };
  }

  /** Takes up to `limit` bytes, as many as lie in one chunk; none only if nothing is here. */
  take(limit: number): Buffer {
    const first = this.#chunks[0];
    if (!first) return Buffer.alloc(0);
    const start = this.#offset;
    const length = Math.min(limit, first.length - start);
    this.#pass(first, length);
    return first.subarray(start, start + length);
  }

  /** As {@link take}, for who does not need the bytes: how many they were. */
  drop(limit: number): number {
    const first = this.#chunks[0];
    if (!first) return 0;
    const length = Math.min(limit, first.length - this.#offset);
    this.#pass(first, length);
    return length;
  }

  /** Takes `expected` if it is what comes next; nothing otherwise, nor if it is not wholly here in one chunk. */
  takeIfNext(expected: Buffer): boolean {
    const first = this.#chunks[0];
    const end = this.#offset + expected.length;
    if (!first || end > first.length) return false;
    if (first.compare(expected, 0, expected.length, this.#offset, end) !== 0) return false;
    this.#pass(first, expected.length);
    return true;
  }

  /** From here on every byte that is taken is also given to `sink`, uncopied and in large pieces, until {@link endTee}. */
  beginTee(sink: (bytes: Buffer) => void): void {
    this.#tee = sink;
    this.#teeStart = this.#offset;
  }

  endTee(): void {
    const first = this.#chunks[0];
    if (first) this.#emitTee(first, this.#offset);
    this.#tee = undefined;
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
