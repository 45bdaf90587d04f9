import type { DrvPath, StorePath } from '../domain/store-path.ts';
import type { Store } from '../store/store.ts';
import { DerivationFiles } from './build-graph.ts';
import { PathSizes } from './path-sizes.ts';

/** Finds out while a remote store builds what its builds take and make, and how large that is. */
export class InputWatch {
  readonly files = new DerivationFiles();
  readonly #sizes = new PathSizes();
  readonly #inputs = new Set<StorePath>();
  readonly #reading = new Set<Promise<void>>();

  /** To be told of each build that begins in a remote store; sources are not counted, for they come from here. */
  started(drvPath: DrvPath, session: Store): void {
    const reading = this.files
      .inputsOf(drvPath)
      .then((paths) => {
        for (const path of paths) this.#inputs.add(path);
        if (session.isOpen) this.#sizes.ask(session, paths);
      })
      .finally(() => this.#reading.delete(reading));
    this.#reading.add(reading);
  }

  /** To be told of each wanted build that has stopped there, and what it was to make. */
  stopped(outputs: ReadonlyMap<string, StorePath>, session: Store): void {
    if (session.isOpen) this.#sizes.ask(session, [...outputs.values()]);
  }

  /** What builds took, and all sizes that are known. */
  async ended(): Promise<{
    readonly inputs: ReadonlySet<StorePath>;
    readonly sizes: ReadonlyMap<StorePath, number>;
  }> {
    await Promise.all(this.#reading);
    return { inputs: this.#inputs, sizes: await this.#sizes.settled() };
  }
}
