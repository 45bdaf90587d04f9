import type { Decoding } from '../protocol/wire-reader.ts';
import { WireReader } from '../protocol/wire-reader.ts';

interface Waiting {
  readonly advance: () => void;
  readonly reject: (error: Error) => void;
}

/** Gives what arrives from one side to one decoding after the other. */
export class Feed {
  readonly reader = new WireReader();
  #waiting: Waiting | undefined;
  #ended: Error | undefined;

  /** Decodes as far as `chunk` goes before it returns. */
  push(chunk: Buffer): void {
    this.reader.push(chunk);
    this.#waiting?.advance();
  }

  /** One at a time. Rejects with what the decoding throws, and when the feed ends before it is done. */
  decode<T>(decoding: Decoding<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    if (this.#ended) {
      reject(this.#ended);
      return promise;
    }
    const advance = (): void => {
      try {
        const step = decoding.next();
        if (step.done !== true) return;
        resolve(step.value);
      } catch (error) {
        reject(error);
      }
      this.#waiting = undefined;
    };
    this.#waiting = { advance, reject };
    advance();
    return promise;
  }

  /** Hands what is here and not decoded to `sink`. */
  drain(sink: (bytes: Buffer) => void): void {
    const { reader } = this;
    reader.skip(reader.available, sink).next();
  }

  /** Nothing more arrives. */
  end(reason: Error): void {
    this.#ended ??= reason;
    this.#waiting?.reject(this.#ended);
    this.#waiting = undefined;
  }
}

/** As `decoding`, while every byte that it takes is also given to `sink`. */
export function* teeing<T>(
  reader: WireReader,
  sink: (bytes: Buffer) => void,
  decoding: Decoding<T>,
): Decoding<T> {
  reader.beginTee(sink);
  try {
    return yield* decoding;
  } finally {
    reader.endTee();
  }
}
