import { toError } from '../domain/errors.ts';
import type { NixError } from './log-line.ts';
import { readResources } from './memory.ts';
import { isFree, type Unit } from './outline.ts';
import {
  excess,
  hasRoom,
  isTooMuch,
  isWornOut,
  isWorthSharing,
  mostWorkers,
  secondsLeft,
  type Resources,
  type Usage,
} from './parallelism.ts';
import { WalkLedger } from './walk-ledger.ts';
import type { WalkReport } from './walk-report.ts';
import { itemsFrom, type WalkStop, type WalkTask } from './walk-task.ts';
import { WalkWorker } from './walk-worker.ts';
import type { EvalSetup, WalkRun } from './walk.ts';

/** Milliseconds between two looks at how things go. What is evaluated sooner takes one process, and nobody looks. */
const TICK = 100;

/**
 * Who writes the lock file evaluates a `path:` flake without it, and who starts later with it (Nix 2.8 to 2.34): another source, and so
 * other derivations.
 */
const LOCK_FILE_WRITTEN = /^warning: (creating|updating) lock file /;

/** Seconds to be gained, at the least, by one more process. */
const GAIN = 1;

/**
 * The processes of a walk. There is one, which walks everything; as long as it is clear that it will take long yet, another one takes
 * half of what is known to lie before it, and so on. Each walks on until it comes to what others have done or do already, so that a
 * dealing that turns out wrong costs no more than that. When one dies of an attribute, another goes on after it. An attribute that the
 * process need not have died of (it was killed, it was stopped because all together took too much memory) is tried again when nothing else
 * runs, and fails if that one dies as well. The last process is never stopped for the memory it takes.
 */
export class WalkCrew {
  readonly #setup: EvalSetup;
  readonly #task: WalkTask;
  readonly #ledger: WalkLedger;
  readonly #active = new Map<WalkWorker, Promise<void>>();
  readonly #startUpLines = new Set<string>();
  #resources: Resources | undefined;
  #mayShare = true;
  #stop: WalkStop | undefined;
  #thrown: Error | undefined;
  /** How many processes in a row ended before they got to an attribute. */
  #unreached = 0;

  constructor(setup: EvalSetup, task: WalkTask) {
    this.#setup = setup;
    this.#task = task;
    const ids = task.items.map(({ id }) => id);
    this.#ledger = new WalkLedger(ids, task.onDerivation);
  }

  get report(): WalkReport {
    return this.#ledger.report;
  }

  /**
   * @returns what kept it from being done; undefined when all is in the report
   * @throws ActionError as `runWalk`
   */
  async run(): Promise<WalkStop | undefined> {
    const timer = setInterval(() => this.#look(), TICK);
    try {
      while (this.#goOn()) await Promise.race(this.#active.values());
    } finally {
      clearInterval(timer);
      for (const worker of this.#active.keys()) worker.stop('ended');
      await Promise.all(this.#active.values());
    }
    if (this.#thrown) throw this.#thrown;
    this.report.sort();
    return this.#ledger.isImpure ? { kind: 'impure' } : this.#stop;
  }

  /** Where nobody is at work, somebody is put to it. */
  #goOn(): boolean {
    if (this.#stop !== undefined || this.#thrown || this.#ledger.isImpure) return false;
    if (this.#active.size > 0) return true;
    const [start] = this.#ledger.outline.free();
    const again = start ? undefined : this.#ledger.retry();
    if (start) this.#employ(start);
    if (again) this.#employ(again, true);
    return this.#active.size > 0;
  }

  #employ(start: Unit, isAlone = false): void {
    const worker = new WalkWorker(start, isAlone);
    const work = this.#work(worker)
      .catch((error: unknown) => void (this.#thrown ??= toError(error)))
      .finally(() => this.#active.delete(worker));
    this.#active.set(worker, work);
  }

  async #work(worker: WalkWorker): Promise<void> {
    const { root, systems, items } = this.#task;
    const { start } = worker;
    const work = { items: itemsFrom(items, start.place), systems };
    const onLog = (text: string): void => this.#hearLine(worker, text);
    const run = await worker.run({ ...this.#setup, onLog }, root, work, (event) =>
      this.#ledger.hear(worker, event),
    );
    if (start.by === worker && start.state === 'pending') start.by = undefined;
    const next = this.#afterEnd(worker, run);
    if (next && isFree(next)) this.#employ(next);
  }

  /** What Nix says while it starts (the tree is dirty, an input is fetched) is of no interest a second time. */
  #hearLine(worker: WalkWorker, text: string): void {
    if (!worker.hasReached) {
      if (LOCK_FILE_WRITTEN.test(text)) this.#mayShare = false;
      if (this.#startUpLines.has(text)) return;
      this.#startUpLines.add(text);
    }
    this.#setup.onLog(text);
  }

  /** @returns what somebody has to go on with */
  #afterEnd(worker: WalkWorker, run: WalkRun | undefined): Unit | undefined {
    if (worker.hasBegun) this.#unreached = 0;
    switch (worker.stopped) {
      case 'ended':
        return undefined;
      case 'covered':
        this.#ledger.assertBegun(worker.start);
        return undefined;
      case 'worn-out':
        return worker.unit;
      case 'exhausted':
        if (!worker.hasBegun) this.#mayShare = false;
        return this.#ledger.putOff(worker);
      case undefined:
        if (run?.failure) return this.#afterDeath(worker, run.failure, run.wasKilled);
        this.#ledger.assertBegun(worker.start);
        return undefined;
    }
  }

  #afterDeath(worker: WalkWorker, error: NixError, wasKilled: boolean): Unit | undefined {
    if (worker.current) return this.#ledger.charge(worker, error, wasKilled);
    this.#afterEarlyDeath(worker, error, wasKilled);
    return undefined;
  }

  /** It did not get to any attribute. That the first fails so is the root's fault; later it may be an accident, once. */
  #afterEarlyDeath(worker: WalkWorker, error: NixError, wasKilled: boolean): void {
    this.#mayShare = false;
    if (worker.isAlone && !worker.hasBegun) this.#ledger.fail(worker.start, error);
    if (this.#active.size > 1) return; // these go on
    this.#unreached += 1;
    const isFirst = this.#ledger.outline.first?.state === 'pending';
    if (isFirst && !wasKilled) this.#stop = { kind: 'unreached', error };
    else if (this.#unreached > 1) this.#ledger.failRest(error);
  }

  /** Looks what memory they take, and whether there is enough to do for one more. */
  #look(): void {
    const workers = [...this.#active.keys()].filter(({ stopped }) => stopped === undefined);
    const usages = workers.map((worker) => worker.measure());
    let resources = (this.#resources ??= this.#findResources(usages));
    // Others may have given memory back since, or nobody has taken what there seemed to be too little of.
    if (isTooMuch(usages, resources)) resources = this.#resources = this.#findResources(usages);
    for (const [index, worker] of workers.entries()) {
      const usage = usages[index];
      worker.isWornOut = usage !== undefined && isWornOut(usage, resources);
    }
    if (isTooMuch(usages, resources)) {
      const largest = workers[excess(usages, resources) ?? -1];
      // Who is stopped already gives memory back soon.
      if (workers.length === this.#active.size) largest?.stop('exhausted');
    } else if (this.#active.size < mostWorkers(resources) && hasRoom(usages, resources)) {
      this.#share(workers);
    }
  }

  /** What is there to spare, and what the evaluation has taken of it already. */
  #findResources(usages: readonly Usage[]): Resources {
    if (this.#setup.resources) return this.#setup.resources;
    const { cores, memory } = readResources();
    return { cores, memory: usages.reduce((sum, { bytes }) => sum + bytes, memory) };
  }

  #share(workers: readonly WalkWorker[]): void {
    if (!this.#mayShare || workers.some(({ isAlone }) => isAlone)) return;
    const all = workers.map((worker) => {
      const ahead = this.#ledger.outline.freeAfter(worker.unit);
      return { ahead, progress: worker.progress(ahead.length) };
    });
    const [most] = all.sort((a, b) => secondsLeft(b.progress) - secondsLeft(a.progress));
    if (!most || !isWorthSharing(most.progress, this.#setup.gain ?? GAIN)) return;
    const start = most.ahead[Math.floor(most.ahead.length / 2)];
    if (start) this.#employ(start);
  }
}
