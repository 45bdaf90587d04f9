import type { Duplex } from 'node:stream';

/** What may wait for a side that reads slowly, bytes. Streams' own limit is one chunk: each would stop the other side. */
const WAITING_LIMIT = 1024 * 1024;

/** Bytes on their way from one side to the other: while one does not take them, the other is not read. */
export class Flow {
  readonly #from: Duplex;
  readonly #to: Duplex;
  #isFull = false;
  #isHeld = false;

  constructor(from: Duplex, to: Duplex) {
    this.#from = from;
    this.#to = to;
  }

  /** Sends bytes on in one write. */
  send(pieces: readonly Buffer[]): void {
    const to = this.#to;
    if (to.destroyed) return;
    if (pieces.length > 1) to.cork();
    for (const piece of pieces) to.write(piece);
    if (pieces.length > 1) to.uncork();
    if (to.writableLength > WAITING_LIMIT) this.#waitForRoom();
  }

  /** Nothing more is read until {@link release}. */
  hold(): void {
    this.#isHeld = true;
    this.#from.pause();
  }

  release(): void {
    this.#isHeld = false;
    if (!this.#isFull) this.#from.resume();
  }

  #waitForRoom(): void {
    this.#from.pause();
    if (this.#isFull) return;
    this.#isFull = true;
    this.#to.once('drain', () => {
      this.#isFull = false;
      if (!this.#isHeld) this.#from.resume();
    });
  }
}
