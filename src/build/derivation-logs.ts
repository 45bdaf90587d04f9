import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { toError } from '../domain/errors.ts';
import { storePathBase, type DrvPath } from '../domain/store-path.ts';

/** How many last lines of a log are kept at hand for error texts. */
const TAIL_LINES = 25;

interface Log {
  readonly file: string;
  readonly stream: WriteStream;
  readonly tail: string[];
}

/** One log file a derivation, in a folder that later steps may upload. */
export class DerivationLogs {
  readonly directory: string;
  readonly #logs = new Map<DrvPath, Log>();
  #failure: Error | undefined;

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async create(directory: string): Promise<DerivationLogs> {
    await mkdir(directory, { recursive: true });
    return new DerivationLogs(directory);
  }

  write(drvPath: DrvPath, line: string): void {
    const log = this.#open(drvPath);
    log.stream.write(`${line}\n`);
    log.tail.push(line);
    if (log.tail.length > TAIL_LINES) log.tail.shift();
  }

  /** The last lines of a derivation's log, oldest first. */
  tail(drvPath: DrvPath): readonly string[] {
    return this.#logs.get(drvPath)?.tail ?? [];
  }

  /** The log's file, if the derivation printed anything. */
  fileOf(drvPath: DrvPath): string | undefined {
    return this.#logs.get(drvPath)?.file;
  }

  /** Waits until all is on disk. Returns why logs are incomplete, if they are: that never fails a build. */
  async close(): Promise<Error | undefined> {
    for (const { stream } of this.#logs.values()) {
      stream.end();
      await finished(stream).catch((error: unknown) => (this.#failure ??= toError(error)));
    }
    return this.#failure;
  }

  #open(drvPath: DrvPath): Log {
    const known = this.#logs.get(drvPath);
    if (known) return known;
    const file = path.join(this.directory, `${storePathBase(drvPath)}.log`);
    const stream = createWriteStream(file, { flags: 'a' });
    stream.on('error', (error) => (this.#failure ??= error));
    const log = { file, stream, tail: [] };
    this.#logs.set(drvPath, log);
    return log;
  }
}
