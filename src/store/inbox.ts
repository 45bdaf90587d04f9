import type { Duplex } from 'node:stream';
import { toError } from '../domain/errors.ts';
import { type Decoding, WireReader } from '../protocol/wire-reader.ts';

/**
 * The receiving half of a session: has a decoder take what arrives, and stops reading for as long as anybody has a reason to. There
 * are several, at the same time: whoever takes NARs, and whoever listens to what the daemon tells.
 */
export class Inbox {
  readonly reader = new WireReader();
  readonly #duplex: Duplex;
  readonly #decoding: Decoding<never>;
  readonly #onFailure: (error: Error) => void;
  readonly #reasons = new Set<object>();
  /** A listener that has not done with what it heard: nothing is decoded meanwhile. */
  #awaited: Promise<void> | undefined;
  #isClosed = false;
  #chunks = 0;

  /** @param onFailure hears what the decoder throws, or a listener. */
  constructor(
    duplex: Duplex,
    decoder: (reader: WireReader) => Decoding<never>,
    onFailure: (error: Error) => void,
  ) {
    this.#duplex = duplex;
    this.#decoding = decoder(this.reader);
    this.#onFailure = onFailure;
    duplex.on('data', (chunk: Buffer) => this.#onChunk(chunk));
  }

  /** How often something arrived. */
  get chunks(): number {
    return this.#chunks;
  }

  get isPaused(): boolean {
    return this.#reasons.size > 0;
  }

  /** @param reason who or what has to be waited for; saying it twice is saying it once. */
  pause(reason: object): void {
    this.#reasons.add(reason);
    this.#duplex.pause();
  }

  resume(reason: object): void {
    if (!this.#reasons.delete(reason) || this.isPaused || this.#isClosed) return;
    this.#duplex.resume();
  }

  /** Whatever arrives from now on is dropped. */
  close(): void {
    this.#isClosed = true;
  }

  #onChunk(chunk: Buffer): void {
    if (this.#isClosed) return;
    this.#chunks += 1;
    this.reader.push(chunk);
    if (!this.#awaited) this.#decode();
  }

  #decode(): void {
    try {
      const { value: listener } = this.#decoding.next();
      if (listener) this.#waitFor(listener);
    } catch (error) {
      this.#onFailure(toError(error));
    }
  }

  #waitFor(listener: Promise<void>): void {
    this.#awaited = listener;
    this.pause(listener);
    const goOn = (): void => {
      this.#awaited = undefined;
      if (!this.#isClosed) this.#decode();
      this.resume(listener);
    };
    listener.then(goOn, (error: unknown) => this.#onFailure(toError(error)));
  }
}
