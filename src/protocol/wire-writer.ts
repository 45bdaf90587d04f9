/**
 * Builds one request of the worker protocol in memory: integers are 64 bits little-endian, strings a length, the bytes, and
 * zeros up to a multiple of 8 (Nix's `serialise.hh`).
 */
export class WireWriter {
  #buffer = Buffer.allocUnsafe(512);
  #length = 0;

  u64(value: number | bigint): this {
    this.#reserve(8);
    this.#length = this.#buffer.writeBigUInt64LE(BigInt(value), this.#length);
    return this;
  }

  bool(value: boolean): this {
    return this.u64(value ? 1 : 0);
  }

  /** UTF-8. */
  string(text: string): this {
    return this.bytes(Buffer.from(text));
  }

  /** As a string is written, for what is not text. */
  bytes(bytes: Uint8Array): this {
    const padded = paddedLength(bytes.length);
    this.u64(bytes.length).#reserve(padded);
    this.#buffer.set(bytes, this.#length);
    this.#buffer.fill(0, this.#length + bytes.length, this.#length + padded);
    this.#length += padded;
    return this;
  }

  strings(texts: readonly string[]): this {
    this.u64(texts.length);
    for (const text of texts) this.string(text);
    return this;
  }

  stringMap(map: ReadonlyMap<string, string>): this {
    this.u64(map.size);
    for (const [key, value] of map) this.string(key).string(value);
    return this;
  }

  /** What was written so far; the writer is not to be used afterwards. */
  finish(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}

/** The length of a string on the wire without its length field. */
export function paddedLength(length: number): number {
  return Math.ceil(length / 8) * 8;
}
