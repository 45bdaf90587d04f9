import type { Duplex } from 'node:stream';

/** Writes buffers without copying them; resolves when the far side has room for more, rejects when the session is closed. */
export type Write = (buffers: readonly Buffer[]) => Promise<void> | undefined;

/** What follows a request on the wire, written piece by piece. Nothing else is sent meanwhile. */
export type Body = (write: Write) => Promise<void>;

/**
 * The sending half of a session. Requests that are made in one go leave in one write; while a body is being
 * sent, what is asked for waits behind it, so that the order on the wire is the order of asking.
 */
export class Outbox {
  readonly #duplex: Duplex;
  readonly #onFailure: (error: unknown) => void;
  #queue: (Buffer | Body)[] = [];
  #isFlushing = false;
  #closed: Error | undefined;
  #waitingForDrain: { resolve: () => void; reject: (error: Error) => void } | undefined;
  #isInBody = false;
  #drains = 0;

  /** @param onFailure hears what a body throws. */
  constructor(duplex: Duplex, onFailure: (error: unknown) => void) {
    this.#duplex = duplex;
    this.#onFailure = onFailure;
    duplex.on('drain', () => {
      this.#drains += 1;
      this.#waitingForDrain?.resolve();
      this.#waitingForDrain = undefined;
    });
  }

  /** How often the far side took what waited. */
  get drains(): number {
    return this.#drains;
  }

  get isSending(): boolean {
    return this.#isFlushing;
  }

  /** Whether a body has more to come that is not here yet: the far side has nothing to answer. */
  get isStarved(): boolean {
    return this.#isInBody && !this.#waitingForDrain;
  }

  add(request: Buffer, body?: Body): void {
    this.#queue.push(request);
    if (body) this.#queue.push(body);
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    queueMicrotask(() => void this.#flush());
  }

  close(error: Error): void {
    this.#closed ??= error;
    this.#queue = [];
    this.#waitingForDrain?.reject(this.#closed);
  }

  async #flush(): Promise<void> {
    try {
      while (this.#queue.length > 0) {
        const requests = this.#takeRequests();
        if (requests.length > 0) await this.#write([Buffer.concat(requests)]);
        const body = this.#queue[0];
        if (typeof body === 'function') {
          this.#queue.shift();
          this.#isInBody = true;
          await body(this.#write);
          this.#isInBody = false;
        }
      }
    } catch (error) {
      this.#onFailure(error);
    } finally {
      this.#isFlushing = false;
      this.#isInBody = false;
    }
  }

  #takeRequests(): Buffer[] {
    const end = this.#queue.findIndex((item) => typeof item === 'function');
    const taken = this.#queue.splice(0, end === -1 ? this.#queue.length : end);
    return taken.filter((item) => typeof item !== 'function');
  }

  readonly #write: Write = (buffers) => {
    if (this.#closed) return Promise.reject(this.#closed);
    let hasRoom = true;
    this.#duplex.cork();
    for (const buffer of buffers) hasRoom = this.#duplex.write(buffer);
    this.#duplex.uncork();
    if (hasRoom || !this.#duplex.writableNeedDrain) return undefined;
    return new Promise((resolve, reject) => {
      this.#waitingForDrain = { resolve, reject };
    });
  };
}
