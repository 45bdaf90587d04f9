/**
 * Ends a wait from outside. Unlike `Promise.race` against one long-lived promise it keeps nothing of waits that are over, so
 * it can stand around every chunk of a large stream.
 */
export class Interruption {
  #error: Error | undefined;
  #interrupt: ((error: Error) => void) | undefined;

  raise(error: Error): void {
    this.#error ??= error;
    this.#interrupt?.(this.#error);
  }

  get error(): Error | undefined {
    return this.#error;
  }

  /** As `promise`, but rejects at once when interrupted. One wait at a time. */
  wait<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#interrupt = reject;
      promise.then(resolve, reject);
      if (this.#error) reject(this.#error);
    });
  }

  /** Hands every item to `use`; on interruption, or when `use` fails, the iterator is told to stop. */
  async forEach<T>(
    items: AsyncIterable<T>,
    use: (item: T) => Promise<void> | undefined,
  ): Promise<void> {
    const iterator = items[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await this.wait(iterator.next());
        if (next.done === true) return;
        await use(next.value);
      }
    } catch (error) {
      iterator.return?.().catch(() => undefined); // not awaited: the iterator may be the one that hangs
      throw error;
    }
  }
}
