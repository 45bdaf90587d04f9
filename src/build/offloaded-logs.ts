import { mkdtemp, open, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Store } from '../store/store.ts';
import { DerivationLogs } from './derivation-logs.ts';
import type { StepEvent } from './events.ts';

/** What the builds of one request print, kept until the local store has it: that is where `nix log` looks. */
export class OffloadedLogs {
  readonly #folder: string;
  readonly #logs: DerivationLogs;

  private constructor(folder: string, logs: DerivationLogs) {
    this.#folder = folder;
    this.#logs = logs;
  }

  /** @param temporaryDirectory an existing folder */
  static async create(temporaryDirectory: string): Promise<OffloadedLogs> {
    const folder = await mkdtemp(path.join(temporaryDirectory, 'logs-'));
    return new OffloadedLogs(folder, await DerivationLogs.create(folder));
  }

  readonly observe = (event: StepEvent): void => {
    if (event.kind === 'build-started') this.#logs.started(event.drvPath);
    if (event.kind === 'build-log') this.#logs.write(event.drvPath, event.line);
    if (event.kind === 'build-stopped') this.#logs.stopped(event.drvPath);
  };

  /** Hands all of them to a store that trusts us. A log that is not taken fails nothing. */
  async register(store: Store): Promise<void> {
    await this.#logs.close();
    for (const [drvPath, file] of this.#logs.files) {
      // A file that could not be written must not break the client's session in the middle of a request.
      const handle = await open(file).catch(() => undefined);
      if (!handle) continue;
      await store.addBuildLog(drvPath, handle.createReadStream()).catch(() => undefined);
      await handle.close().catch(() => undefined);
    }
  }

  async remove(): Promise<void> {
    await this.#logs.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
