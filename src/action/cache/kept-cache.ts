import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { toError } from '../../domain/errors.ts';
import type { Found, Kept } from '../../domain/kept.ts';
import { TooLarge } from '../at-most.ts';
import { Deadline, type Limits } from './deadline.ts';
import type { PutAsideFolder } from './put-aside.ts';
import { SEAL_OVERHEAD, SealError, type Seal } from './seal.ts';
import type { CacheService, Entry } from './service.ts';

/** For finding an entry, and for a small value as a whole: what takes longer saves nothing. */
const SMALL: Limits = { totalMs: 5000 };

/** For the content of a file; without it the job takes longer, but not by more than this. */
const LARGE: Limits = { totalMs: 90_000, silentMs: 10_000 };

/** Bytes of a value: {@link Kept.find} holds it in memory. */
const LARGEST_VALUE = 64 * 1024 * 1024;

/** Bytes of a file: somebody may have put one there to fill the disk, and whether it is sealed only its end tells. */
const LARGEST_FILE = 4 * 1024 ** 3;

/** Bytes that are sealed at a time. */
const PIECE = 256 * 1024;

/** GitHub takes keys of up to 512 characters, without commas. */
const KEY = /^[^,\p{Cc}]{1,400}$/u;

export interface KeptCacheOptions {
  readonly service: CacheService;
  readonly seal: Seal;
  /** Before every key: {@link keyPrefix}. */
  readonly prefix: string;
  readonly run: string;
  readonly aside: PutAsideFolder;
  readonly signal: AbortSignal;
  readonly onFound: (key: string) => void;
  /** Hears why it is done without the cache, once. */
  readonly onTrouble: (text: string) => void;
}

/** What is kept in GitHub's cache, sealed. */
export class KeptCache implements Kept {
  readonly isSealed = true;
  readonly run: string;
  readonly #options: KeptCacheOptions;
  readonly #present = new Set<string>();
  readonly #keeping: Promise<void>[] = [];
  #ignored = 0;
  #isGivenUp = false;

  constructor(options: KeptCacheOptions) {
    this.#options = options;
    this.run = options.run;
  }

  get isWorking(): boolean {
    return !this.#isGivenUp;
  }

  /** Entries that were there, and not found because of their seal, or their size. */
  get ignored(): number {
    return this.#ignored;
  }

  async find(key: string, prefix?: string): Promise<Found | undefined> {
    return await this.#find(key, prefix, async (entry, name) => {
      using deadline = this.#deadline(SMALL);
      const chunks: Buffer[] = [];
      for await (const chunk of this.#open(entry, LARGEST_VALUE, deadline)) chunks.push(chunk);
      return { key: name, value: Buffer.concat(chunks) };
    });
  }

  async findFile(
    key: string,
    file: string,
    prefix?: string,
    patience?: AbortSignal,
  ): Promise<string | undefined> {
    const fetch = async (entry: Entry, name: string): Promise<string> => {
      const unproved = `${file}.unproved`;
      try {
        using deadline = this.#deadline(LARGE);
        const to = createWriteStream(unproved, { mode: 0o600 });
        await pipeline(this.#open(entry, LARGEST_FILE, deadline), to);
        await rename(unproved, file);
        return name;
      } catch (error) {
        await rm(unproved, { force: true });
        throw error;
      }
    };
    return await this.#find(key, prefix, fetch, patience);
  }

  async keep(key: string, value: Uint8Array): Promise<void> {
    if (value.length <= LARGEST_VALUE) await this.#noted(this.#keep(key, () => [value]));
  }

  async keepFile(key: string, file: string): Promise<void> {
    await this.#noted(this.#keepFile(key, file));
  }

  /** Ends when everything is put aside that was to be kept, also what nobody waited for. */
  async close(): Promise<void> {
    this.#options.service.close();
    await Promise.all(this.#keeping);
  }

  #noted(keeping: Promise<void>): Promise<void> {
    this.#keeping.push(keeping);
    return keeping;
  }

  #deadline(limits: Limits): Deadline {
    return new Deadline(limits, this.#options.signal);
  }

  #open(entry: Entry, mostBytes: number, deadline: Deadline): AsyncGenerator<Buffer> {
    const { service, seal } = this.#options;
    return seal.read(entry.key, service.download(entry, deadline, mostBytes + SEAL_OVERHEAD));
  }

  async #find<T>(
    key: string,
    prefix: string | undefined,
    fetch: (entry: Entry, key: string) => Promise<T>,
    patience?: AbortSignal,
  ): Promise<T | undefined> {
    if (this.#isGivenUp || !this.#options.service.canRead) return undefined;
    try {
      const entry = await this.#lookUp(key, prefix, patience);
      if (!entry) return undefined;
      const name = entry.key.slice(this.#options.prefix.length);
      const found = await fetch(entry, name);
      this.#present.add(entry.key);
      this.#options.onFound(name);
      return found;
    } catch (thrown) {
      if (thrown instanceof SealError || thrown instanceof TooLarge) this.#ignored += 1;
      else this.#giveUp(toError(thrown));
      return undefined;
    }
  }

  /** GitHub also answers with keys that begin with the very key that was asked for. */
  async #lookUp(
    key: string,
    prefix: string | undefined,
    patience: AbortSignal | undefined,
  ): Promise<Entry | undefined> {
    const { service, prefix: own, signal } = this.#options;
    using deadline = new Deadline(SMALL, patience ? AbortSignal.any([signal, patience]) : signal);
    const whole = prefix === undefined ? undefined : own + prefix;
    const entry = await service.find(own + key, whole, deadline);
    const isAsked =
      entry?.key === own + key || (whole !== undefined && entry?.key.startsWith(whole) === true);
    return isAsked ? entry : undefined;
  }

  async #keep(
    key: string,
    content: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ): Promise<void> {
    const { service, seal, prefix, aside } = this.#options;
    const name = prefix + key;
    if (!service.canWrite || this.#present.has(name) || !KEY.test(key)) return;
    this.#present.add(name);
    try {
      await aside.add(name, (file) => seal.write(name, content(), file));
    } catch (thrown) {
      this.#giveUp(toError(thrown));
    }
  }

  async #keepFile(key: string, file: string): Promise<void> {
    const content = () => createReadStream(file, { highWaterMark: PIECE }) as AsyncIterable<Buffer>;
    const found = await stat(file).catch(() => undefined); // reading it says why
    if ((found?.size ?? 0) <= LARGEST_FILE) await this.#keep(key, content);
  }

  /** A service that did not answer once is not waited for again. */
  #giveUp({ message }: Error): void {
    if (this.#isGivenUp) return;
    this.#isGivenUp = true;
    if (!this.#options.signal.aborted) this.#options.onTrouble(message);
  }
}
