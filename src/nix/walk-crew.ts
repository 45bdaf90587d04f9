import type { AttrPath } from '../domain/attr-path.ts';
import { ActionError, toError } from '../domain/errors.ts';
import { formatBytes } from '../domain/format.ts';
import type { NixError, Position } from './log-line.ts';
import { readResources } from './memory.ts';
import { isCovered, isFree, Outline, type Unit } from './outline.ts';
import {
  hasRoom,
  isTooMuch,
  isWorthSharing,
  mostWorkers,
  secondsLeft,
  type Resources,
  type Usage,
} from './parallelism.ts';
import type { WalkEvent, WalkPlace } from './walk-events.ts';
import type { WalkItem } from './walk-program.ts';
import { type WalkEntry, WalkReport } from './walk-report.ts';
import { WalkWorker } from './walk-worker.ts';
import type { EvalSetup, WalkRoot, WalkRun } from './walk.ts';

/** An item to be walked, before anything is known of it. */
export type FreshItem = Omit<WalkItem, 'from'>;

/** What is to be walked. */
export interface WalkTask {
  readonly root: WalkRoot;
  readonly systems: readonly string[];
  readonly items: readonly FreshItem[];
  /** Hears of each derivation once, in the order in which they are evaluated. */
  readonly onDerivation?: (id: number, attrPath: AttrPath, entry: WalkEntry) => void;
}

/** What keeps a walk from being one. */
export type WalkStop =
  /** The root was refused: see `WalkRequest.requirePure`. */
  | { readonly kind: 'impure' }
  /** Evaluating the root itself failed. */
  | { readonly kind: 'unreached'; readonly error: NixError };

/** Milliseconds between two looks at how things go. What is evaluated sooner takes one process, and nobody looks. */
const TICK = 100;

/** Seconds to be gained, at the least, by one more process. */
const GAIN = 1;

/**
 * The processes of a walk. There is one, which walks everything; while it is clear that it will take long yet, another one takes half of
 * what is known to lie before it, and so on. Each walks on until it comes to what others have done or do already, so that a dealing that
 * turns out wrong costs nothing but that. When one dies of an attribute, another goes on after it. An attribute that the process need not
 * have died of (it was killed, it took too much memory) is tried again, when nothing else runs, and fails if that one dies as well.
 */
export class WalkCrew {
  readonly report = new WalkReport();
  readonly #setup: EvalSetup;
  readonly #task: WalkTask;
  readonly #outline: Outline;
  readonly #active = new Map<WalkWorker, Promise<void>>();
  /** To be tried once more, alone. */
  readonly #retries = new Set<Unit>();
  readonly #startUpLines = new Set<string>();
  #resources: Resources | undefined;
  #mayShare = true;
  #stop: WalkStop | undefined;
  #thrown: Error | undefined;
  /** How many processes in a row did not even get to our program. */
  #unreached = 0;

  constructor(setup: EvalSetup, task: WalkTask) {
    this.#setup = setup;
    this.#task = task;
    this.#outline = new Outline(task.items.map(({ id }) => id));
  }

  /**
   * @returns what kept it from being done; undefined when all is in the report
   * @throws ActionError as `runWalk`
   */
  async run(): Promise<WalkStop | undefined> {
    const timer = setInterval(() => this.#look(), TICK);
    try {
      while (this.#isGoingOn) await Promise.race(this.#active.values());
    } finally {
      clearInterval(timer);
      await this.#end();
    }
    if (this.#thrown) throw this.#thrown;
    this.report.sort();
    return this.#stop;
  }

  /** Where nobody is at work, somebody is put to it. */
  get #isGoingOn(): boolean {
    if (this.#stop ?? this.#thrown) return false;
    if (this.#active.size > 0) return true;
    const [start] = this.#outline.free();
    if (start) this.#employ(start);
    else this.#retryOne();
    return this.#active.size > 0;
  }

  async #end(): Promise<void> {
    for (const worker of this.#active.keys()) worker.stop('ended');
    await Promise.all(this.#active.values());
  }

  #retryOne(): void {
    for (const unit of this.#retries) {
      this.#retries.delete(unit);
      if (unit.state === 'done') continue; // by who was at it as well
      unit.state = 'pending';
      return this.#employ(unit, true);
    }
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
      this.#hear(worker, event),
    );
    if (start.by === worker && start.state === 'pending') start.by = undefined;
    const next = this.#afterEnd(worker, run);
    if (next && isFree(next)) this.#employ(next);
  }

  // --- what a process says

  #hear(worker: WalkWorker, event: WalkEvent): void {
    switch (event.event) {
      case 'begin':
        return this.#begin(worker, event);
      case 'names':
        return this.#outline.enter(event.place, event.names);
      case 'explain':
        worker.current = { place: event.place, definition: undefined, isExplained: true };
        return;
      case 'impure':
        this.#stop = { kind: 'impure' };
        return;
      default:
        return this.#add(worker, event);
    }
  }

  #begin(worker: WalkWorker, { place, position }: WalkEvent & { event: 'begin' }): void {
    // On the way down to where it starts, it looks up again what that is in.
    const { id, path } = worker.start.place;
    if (place.path === null && place.id === id && path !== null && path.length > 0) return;
    const unit = this.#outline.at(place);
    if (unit === undefined) throw nowhere(place);
    if (isCovered(unit, worker)) return worker.stop('covered');
    if (this.#resources && worker.isWornOut(this.#resources)) {
      worker.unit = unit;
      return worker.stop('worn-out');
    }
    worker.begin(unit, { place, definition: position, isExplained: false });
  }

  #add(worker: WalkWorker, event: WalkEvent): void {
    const entry = this.report.add(event, worker.current?.definition);
    if (event.event === 'passed-over') return;
    worker.current = undefined;
    if ('place' in event) {
      const unit = this.#outline.at(event.place);
      if (unit) unit.state = 'done';
      if (event.event !== 'set') worker.count();
      if (entry) this.#tell(event.place.id, entry);
    } else if (event.event === 'missing') {
      const unit = this.#outline.at({ id: event.id, path: null });
      if (unit) unit.state = 'done';
    }
  }

  #tell(id: number, entry: WalkEntry): void {
    const { attrPath } = this.report.item(id);
    if (attrPath) this.#task.onDerivation?.(id, attrPath, entry);
  }

  /** What Nix says while it starts (the tree is dirty, an input is fetched) is of no interest a second time. */
  #hearLine(worker: WalkWorker, text: string): void {
    if (!worker.hasReached) {
      if (this.#startUpLines.has(text)) return;
      this.#startUpLines.add(text);
    }
    this.#setup.onLog(text);
  }

  // --- how a process ends

  /** @returns what somebody has to go on with */
  #afterEnd(worker: WalkWorker, run: WalkRun | undefined): Unit | undefined {
    if (worker.hasReached) this.#unreached = 0;
    switch (worker.stopped) {
      case 'covered':
      case 'ended':
        return undefined;
      case 'worn-out':
        return worker.unit;
      case 'exhausted':
        return this.#died(worker, exhaustion(this.#resources), true);
      case undefined:
        if (run?.failure) return this.#died(worker, run.failure, run.wasKilled);
        if (worker.start.state === 'pending' && !this.#stop) throw nowhere(worker.start.place);
        return undefined;
    }
  }

  /** Charges an attribute with the end of a process. */
  #died(worker: WalkWorker, failure: NixError, wasKilled: boolean): Unit | undefined {
    const { current } = worker;
    if (current === undefined) return this.#diedEarly(worker, failure, wasKilled);
    if (current.isExplained) {
      this.report.explain(current.place, failure);
      return undefined;
    }
    const unit = this.#outline.at(current.place);
    if (unit === undefined) throw nowhere(current.place);
    const isSecond = worker.isAlone && unit === worker.start;
    if (unit.state === 'done') return unit.next; // another process had more luck
    if (wasKilled && !isSecond) this.#setAside(unit);
    else this.#fail(unit, current.place, failure, current.definition);
    return unit.next;
  }

  /** It did not get to any attribute. That the first fails so is the root's fault; later it may be an accident, once. */
  #diedEarly(worker: WalkWorker, error: NixError, wasKilled: boolean): undefined {
    this.#mayShare = false;
    if (worker.isAlone) this.#setAside(worker.start);
    if (this.#active.size > 1) return;
    this.#unreached += 1;
    const isFirst = this.#outline.first?.state === 'pending';
    if (isFirst && !wasKilled) this.#stop = { kind: 'unreached', error };
    else if (this.#unreached > 1) {
      const left = [...this.#outline.free(), ...this.#retries];
      for (const unit of left) this.#fail(unit, unit.place, error);
    }
  }

  #setAside(unit: Unit): void {
    unit.state = 'set-aside';
    unit.by = undefined;
    this.#retries.add(unit);
  }

  #fail(unit: Unit, place: WalkPlace, error: NixError, definition?: Position): void {
    unit.state = 'done';
    this.report.fail(place, error, definition);
  }

  // --- while they are at work

  #look(): void {
    const workers = [...this.#active.keys()].filter(({ stopped }) => stopped === undefined);
    for (const worker of workers) worker.measure();
    const usages = workers.map(({ usage }) => usage);
    const resources = (this.#resources ??= this.#readResources(usages));
    if (isTooMuch(usages, resources)) {
      const [largest] = workers.sort((a, b) => b.bytes - a.bytes);
      largest?.stop('exhausted');
    } else if (this.#active.size < mostWorkers(resources) && hasRoom(usages, resources)) {
      this.#share(workers);
    }
  }

  /** What is there to spare, and what the evaluation has taken of it already. */
  #readResources(usages: readonly Usage[]): Resources {
    if (this.#setup.resources) return this.#setup.resources;
    const { cores, memory } = readResources();
    return { cores, memory: usages.reduce((sum, { bytes }) => sum + bytes, memory) };
  }

  #share(workers: readonly WalkWorker[]): void {
    if (!this.#mayShare || workers.some(({ isAlone }) => isAlone)) return;
    const all = workers.map((worker) => {
      const ahead = this.#outline.freeAfter(worker.unit);
      return { ahead, progress: worker.progress(ahead.length) };
    });
    const [most] = all.sort((a, b) => secondsLeft(b.progress) - secondsLeft(a.progress));
    if (!most || !isWorthSharing(most.progress, this.#setup.gain ?? GAIN)) return;
    const start = most.ahead[Math.floor(most.ahead.length / 2)];
    if (start) this.#employ(start);
  }
}

/** What is to be walked from a place on. */
export function itemsFrom(items: readonly FreshItem[], { id, path }: WalkPlace): WalkItem[] {
  const index = items.findIndex((item) => item.id === id);
  return items.slice(index).map((item) => ({ ...item, from: item.id === id ? (path ?? []) : [] }));
}

function exhaustion(resources: Resources | undefined): NixError {
  const limit = resources ? `, ${formatBytes(resources.memory)}` : '';
  const message = `it takes more memory than there is to spare here${limit}`;
  return { message, position: undefined, trace: [] };
}

function nowhere(place: WalkPlace): ActionError {
  return new ActionError('internal', `the evaluation is lost at ${JSON.stringify(place)}`);
}
