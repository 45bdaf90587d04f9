import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { storePathBase, type DrvPath } from '../domain/store-path.ts';

/** One log file a derivation, in a folder that later steps may upload. A log that cannot be written never fails a build. */
export class DerivationLogs {
  readonly #directory: string;
  readonly #files = new Map<DrvPath, string>();
  readonly #streams = new Map<DrvPath, WriteStream>();
  readonly #unfinished = new Set<Promise<void>>();

  private constructor(directory: string) {
    this.#directory = directory;
  }

  static async create(directory: string): Promise<DerivationLogs> {
    await mkdir(directory, { recursive: true });
    return new DerivationLogs(directory);
  }

  /** For those who want a file of a build that prints nothing, too. */
  started(drvPath: DrvPath): void {
    this.#streamOf(drvPath);
  }

  write(drvPath: DrvPath, line: string): void {
    this.#streamOf(drvPath).write(`${line}\n`);
  }

  /** To be told when a build has stopped: thousands of open files are more than a process may have. */
  stopped(drvPath: DrvPath): void {
    this.#streams.get(drvPath)?.end();
    this.#streams.delete(drvPath);
  }

  /** Every file that was written, by derivation. */
  get files(): ReadonlyMap<DrvPath, string> {
    return this.#files;
  }

  /** Waits until all is on disk. */
  async close(): Promise<void> {
    for (const stream of this.#streams.values()) stream.end();
    await Promise.allSettled([...this.#unfinished]);
  }

  #streamOf(drvPath: DrvPath): WriteStream {
    const known = this.#streams.get(drvPath);
    if (known) return known;
    const file = path.join(this.#directory, `${storePathBase(drvPath)}.log`);
    this.#files.set(drvPath, file);
    // Appending, for a derivation may be built twice: a remote tries a transient failure again.
    const stream = createWriteStream(file, { flags: 'a' });
    const done = finished(stream)
      .catch(() => undefined)
      .finally(() => this.#unfinished.delete(done));
    this.#unfinished.add(done);
    this.#streams.set(drvPath, stream);
    return stream;
  }
}
