import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { storePathBase, type DrvPath } from '../domain/store-path.ts';

/** One log file a derivation, in a folder that later steps may upload. A log that cannot be written never fails a build. */
export class DerivationLogs {
  readonly #directory: string;
  readonly #streams = new Map<DrvPath, WriteStream>();

  private constructor(directory: string) {
    this.#directory = directory;
  }

  static async create(directory: string): Promise<DerivationLogs> {
    await mkdir(directory, { recursive: true });
    return new DerivationLogs(directory);
  }

  write(drvPath: DrvPath, line: string): void {
    this.#streamOf(drvPath).write(`${line}\n`);
  }

  /** Waits until all is on disk. */
  async close(): Promise<void> {
    for (const stream of this.#streams.values()) {
      stream.end();
      await finished(stream).catch(() => undefined);
    }
  }

  #streamOf(drvPath: DrvPath): WriteStream {
    const known = this.#streams.get(drvPath);
    if (known) return known;
    const stream = createWriteStream(path.join(this.#directory, `${storePathBase(drvPath)}.log`));
    stream.on('error', () => undefined);
    this.#streams.set(drvPath, stream);
    return stream;
  }
}
