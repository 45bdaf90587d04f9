import { asActionError, type ActionError } from '../../domain/errors.ts';
import type { StorePath } from '../../domain/store-path.ts';

/** Outputs of one target. */
export interface PushItem {
  readonly key: StorePath;
  readonly outputs: readonly StorePath[];
  /** A build that stopped may have failed: then the outputs are `maybe` valid, and passed over where they are not. */
  readonly validity: 'valid' | 'maybe';
}

/** @returns the keys of what is there now; those that are not valid at the source are passed over */
export type Send = (items: readonly PushItem[]) => Promise<readonly StorePath[]>;

/**
 * Pushes from one store to another while others build. What comes while a push runs goes with the next one. After a failure nothing more is
 * tried until the end, when all that is left goes once more: a store that is down costs two tries, however many attributes there are.
 */
export class PushQueue {
  readonly pushed = new Set<StorePath>();
  readonly #send: Send;
  readonly #waiting = new Map<StorePath, PushItem>();
  #worker: Promise<void> | undefined;
  #error: ActionError | undefined;

  constructor(send: Send) {
    this.#send = send;
  }

  /** A target may come again: what was pushed is not pushed twice. */
  enqueue(item: PushItem): void {
    if (this.pushed.has(item.key)) return;
    this.#waiting.set(item.key, item);
    if (!this.#error) this.#worker ??= this.#work();
  }

  /** Waits for all, and tries once more what has failed. */
  async finish(): Promise<ActionError | undefined> {
    await this.#worker;
    if (this.#error) {
      this.#error = undefined;
      await this.#work();
    }
    return this.#error;
  }

  async #work(): Promise<void> {
    await Promise.resolve(); // never ends before its caller has noted it as running
    while (this.#waiting.size > 0 && !this.#error) {
      const items = [...this.#waiting.values()].filter(({ key }) => !this.pushed.has(key));
      this.#waiting.clear();
      if (items.length > 0) await this.#try(items);
    }
    this.#worker = undefined;
  }

  async #try(items: readonly PushItem[]): Promise<void> {
    try {
      for (const key of await this.#send(items)) this.pushed.add(key);
    } catch (thrown) {
      this.#error = asActionError(thrown);
      // What was said of one meanwhile is newer.
      for (const item of items) {
        if (!this.#waiting.has(item.key)) this.#waiting.set(item.key, item);
      }
    }
  }
}
