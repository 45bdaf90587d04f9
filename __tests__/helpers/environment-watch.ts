import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from '../../lab/index.ts';

/** Looks again and again at the environment and the arguments of every process of a host but those of a step itself. */
export class EnvironmentWatch {
  readonly #host: Host;
  readonly #texts = new Set<string>();
  readonly #programs = new Set<string>();
  readonly #stopped = new AbortController();
  #watching: Promise<void> | undefined;

  private constructor(host: Host) {
    this.#host = host;
  }

  static start(host: Host): EnvironmentWatch {
    const watch = new EnvironmentWatch(host);
    watch.#watching = watch.#watch();
    return watch;
  }

  /** What was seen: a process's arguments and environment, NUL between. */
  get texts(): readonly string[] {
    return [...this.#texts];
  }

  /** Base names of the programs that were seen. */
  get programs(): readonly string[] {
    return [...this.#programs];
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#watching;
  }

  async #watch(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      const pids = (await readdir(this.#host.path('/proc'))).filter((name) => /^\d+$/.test(name));
      await Promise.all(pids.map((pid) => this.#look(pid)));
      await sleep(2);
    }
  }

  async #look(pid: string): Promise<void> {
    const read = (name: string) =>
      readFile(this.#host.path(`/proc/${pid}/${name}`), 'latin1').catch(() => '');
    const before = await read('cmdline');
    const environment = await read('environ');
    const after = await read('cmdline');
    // Main was given the secrets by GitHub. A child that has forked and not yet become another program looks like main.
    if (before === '' || before !== after || before.includes('/dist/main/')) return;
    this.#programs.add(path.basename(before.split('\0')[0] ?? ''));
    this.#texts.add(`${before}\0${environment}`);
  }
}
