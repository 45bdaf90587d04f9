import { setTimeout as delay } from 'node:timers/promises';
import type { StorePath } from '../domain/store-path.ts';
import type { Store } from '../store/store.ts';

/** Milliseconds for answers that are still due when all else is done. */
const LAST_ANSWERS = 500;

/**
 * Sizes of paths in remote stores. They are asked for behind a build, in its session: the answers come with those of the build, and take
 * no round trip that anything waits for.
 */
export class PathSizes {
  readonly #sizes = new Map<StorePath, number>();
  readonly #asked = new Set<StorePath>();
  readonly #waiting = new Set<Promise<void>>();

  ask(store: Pick<Store, 'queryPathInfos'>, paths: readonly StorePath[]): void {
    const fresh = paths.filter((path) => !this.#asked.has(path));
    if (fresh.length === 0) return;
    for (const path of fresh) this.#asked.add(path);
    const waiting = store
      .queryPathInfos(fresh)
      .then(
        (infos) => {
          for (const [path, { narSize }] of infos) this.#sizes.set(path, narSize);
        },
        // The session was lost, which others tell of.
        () => undefined,
      )
      .finally(() => this.#waiting.delete(waiting));
    this.#waiting.add(waiting);
  }

  /** All that is known once what is due has come, or has had the time to. */
  async settled(): Promise<ReadonlyMap<StorePath, number>> {
    const timer = new AbortController();
    const limit = delay(LAST_ANSWERS, undefined, { signal: timer.signal }).catch(() => undefined);
    await Promise.race([Promise.all(this.#waiting), limit]);
    timer.abort();
    return this.#sizes;
  }
}
