import { Fifo } from './fifo.ts';

interface Waiter {
  readonly resolve: (result: IteratorResult<Buffer, undefined>) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The bytes of one NAR on their way from the wire to whoever iterates. Written by hand because an async generator would
 * cost several promises a chunk, and cannot be pushed into.
 */
export class ChunkQueue implements AsyncIterable<Buffer> {
  readonly #chunks = new Fifo<Buffer>();
  readonly #onTaken: (bytes: number) => void;
  #end: { readonly error: Error | undefined } | undefined;
  #waiter: Waiter | undefined;

  /** @param onTaken hears of every chunk that left the queue. */
  constructor(onTaken: (bytes: number) => void) {
    this.#onTaken = onTaken;
  }

  push(chunk: Buffer): void {
    if (this.#end) return;
    if (!this.#waiter) {
      this.#chunks.push(chunk);
      return;
    }
    const { resolve } = this.#waiter;
    this.#waiter = undefined;
    this.#onTaken(chunk.length);
    resolve({ done: false, value: chunk });
  }

  /** No more comes: with `error` what is left is not worth having. */
  end(error?: Error): void {
    this.#end ??= { error };
    const waiter = this.#waiter;
    this.#waiter = undefined;
    if (error) waiter?.reject(error);
    else waiter?.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): AsyncIterator<Buffer, undefined> {
    return { next: () => this.#next() };
  }

  #next(): Promise<IteratorResult<Buffer, undefined>> {
    if (this.#end?.error) return Promise.reject(this.#end.error);
    const value = this.#chunks.shift();
    if (value) {
      this.#onTaken(value.length);
      return Promise.resolve({ done: false, value });
    }
    if (this.#end) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve, reject) => {
      this.#waiter = { resolve, reject };
    });
  }
}
