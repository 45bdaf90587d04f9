/** What was found of an earlier run. */
export interface Found {
  /** The whole key, as it was given to {@link Kept.keep}: with a prefix it need not be the one that was asked for. */
  readonly key: string;
  readonly value: Uint8Array;
}

/**
 * What is kept from one run to the next. Nothing here rejects, and every wait has an end: without a cache, or with one that is down or
 * slow, nothing is found and nothing is kept. Keys are printable, without commas, at most 400 characters; they are given without the
 * action's own prefix, which names the runner's kind. Entries do not change: under a key that exists already nothing is kept. What is
 * new in every run takes a key that ends in the run's id ({@link Kept.run}), and is found by its prefix.
 *
 * Entries are sealed with the step's private key. What somebody without that key has written is not found, nor what was found under
 * another key than it was kept under.
 */
export interface Kept {
  /** Whether entries can be sealed: there is a private key at hand. Without one nothing is found, and nothing is kept. */
  readonly isSealed: boolean;
  /** Whether what was not found is not there, as far as is known; false once the cache did not answer. */
  readonly isWorking: boolean;
  /** A word of this run's own, which no other run and no second attempt has. */
  readonly run: string;
  /** The value under `key`, else the newest whose key begins with `prefix`. For small values, a few megabytes at most. */
  find(key: string, prefix?: string): Promise<Found | undefined>;
  /** Has post save a value. */
  keep(key: string, value: Uint8Array): Promise<void>;
  /**
   * As {@link Kept.find}, for a file of any size.
   * @param file where it is put, once it is whole and its seal is good; its folder exists. Nothing is left there else
   * @param patience fires when finding out whether it is there has taken too long, and says why; what is there is still fetched
   * @returns the key under which it was found
   */
  findFile(
    key: string,
    file: string,
    prefix?: string,
    patience?: AbortSignal,
  ): Promise<string | undefined>;
  /** Has post save a file, which stays there as it is until then. */
  keepFile(key: string, file: string): Promise<void>;
}

/** Keeps nothing, finds nothing. */
export const NO_KEPT: Kept = {
  isSealed: false,
  isWorking: true,
  run: '0',
  find: () => Promise.resolve(undefined),
  keep: () => Promise.resolve(),
  findFile: () => Promise.resolve(undefined),
  keepFile: () => Promise.resolve(),
};
