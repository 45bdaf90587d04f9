import type { Duplex } from 'node:stream';

/** Stops reading from a stream for as long as anybody has a reason to: back-pressure has several, at the same time. */
export class ReadPauses {
  readonly #duplex: Duplex;
  readonly #reasons = new Set<object>();

  constructor(duplex: Duplex) {
    this.#duplex = duplex;
  }

  get isPaused(): boolean {
    return this.#reasons.size > 0;
  }

  /** @param reason who or what waits; saying it twice is saying it once. */
  add(reason: object): void {
    this.#reasons.add(reason);
    this.#duplex.pause();
  }

  remove(reason: object): void {
    if (this.#reasons.delete(reason) && !this.isPaused) this.#duplex.resume();
  }
}
