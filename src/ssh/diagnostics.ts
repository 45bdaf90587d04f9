import type { Readable } from 'node:stream';

const KEPT_BYTES = 8 * 1024;

/** Keeps the last 8 KiB of a stream, for error texts. */
export class Diagnostics {
  #tail: Buffer = Buffer.alloc(0);

  constructor(source?: Readable) {
    source?.on('data', (chunk: Buffer) => {
      this.#tail = Buffer.concat([this.#tail, chunk]).subarray(-KEPT_BYTES);
    });
  }

  /** What came so far is of no more interest. */
  forget(): void {
    this.#tail = Buffer.alloc(0);
  }

  /** As UTF-8, without the halves of a character that the cut left at either end. */
  text(): string {
    let start = 0;
    // At most three continuation bytes can have lost their first byte.
    while (start < 3 && ((this.#tail[start] ?? 0) & 0xc0) === 0x80) start++;
    return new TextDecoder().decode(this.#tail.subarray(start), { stream: true });
  }
}
