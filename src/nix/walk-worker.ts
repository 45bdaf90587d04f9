import type { Position } from '../domain/position.ts';
import { memoryOf, offerToKernel } from './memory.ts';
import type { Evaluating, Unit } from './outline.ts';
import type { Progress, Usage } from './parallelism.ts';
import type { WalkEvent, WalkPlace } from './walk-events.ts';
import { type EvalSetup, type WalkRoot, type WalkRun, runWalk } from './walk.ts';
import type { WalkItem } from './walk-program.ts';

/** Why a process was stopped before its end. */
export type StopReason =
  /** Others do, or did, what is left. */
  | 'covered'
  /** It holds more memory than it needs; a fresh one goes on where it was. */
  | 'worn-out'
  /** All together take more memory than there is, and it the most. */
  | 'exhausted'
  /** All of the walk ends. */
  | 'ended';

/** What a process is at, for whoever has to say what it died of. */
export interface Current {
  readonly place: WalkPlace;
  readonly definition: Position | undefined;
  /** The failure is known, and happens once more for its message. */
  readonly isExplained: boolean;
}

/** Milliseconds. What is stopped is of no use any more, and Nix 2.8 may not hear SIGTERM at all while it evaluates. */
const GRACE = 1000;

/** One process of a walk. */
export class WalkWorker implements Evaluating {
  readonly start: Unit;
  /** Nothing else runs, and this is all that it is for. */
  readonly isAlone: boolean;
  /** The last that it began. */
  unit: Unit;
  /** Begun and not ended. */
  current: Current | undefined;
  stopped: StopReason | undefined;
  bytes = 0;
  /** Whether it got to an attribute, which is more than to look up on the way down what that is in. */
  hasBegun = false;
  /** Whether a fresh process should take its place. */
  isWornOut = false;
  #atFirst: number | undefined;
  #done = 0;
  #pid: number | undefined;
  readonly #started = performance.now();
  #reached: number | undefined;
  #firstDone: number | undefined;
  readonly #stopping = new AbortController();

  constructor(start: Unit, isAlone: boolean) {
    this.start = start;
    this.unit = start;
    this.isAlone = isAlone;
    start.by = this;
  }

  get isUnderWay(): boolean {
    return this.#done > 0;
  }

  /** Whether it has come as far as our program. */
  get hasReached(): boolean {
    return this.#reached !== undefined;
  }

  /**
   * Walks the items.
   * @returns how it ended; undefined if it was stopped
   * @throws ActionError as `runWalk`
   */
  async run(
    setup: EvalSetup,
    root: WalkRoot,
    work: { readonly items: readonly WalkItem[]; readonly systems: readonly string[] },
    onEvent: (event: WalkEvent) => void,
  ): Promise<WalkRun | undefined> {
    const signal = AbortSignal.any([setup.signal, this.#stopping.signal]);
    const request = { task: 'walk', explain: null, ...work } as const;
    try {
      return await runWalk({ ...setup, signal, grace: GRACE }, root, request, {
        onStart: (pid) => {
          this.#pid = pid;
          offerToKernel(pid);
        },
        onEvent: (event) => {
          this.#reached ??= performance.now();
          if (this.stopped === undefined) onEvent(event);
        },
      });
    } catch (error) {
      if (this.stopped === undefined || setup.signal.aborted) throw error;
      return undefined;
    }
  }

  begin(unit: Unit, current: Current): void {
    unit.state = 'begun';
    unit.by = this;
    this.hasBegun = true;
    this.unit = unit;
    this.current = current;
  }

  stop(reason: StopReason): void {
    if (this.stopped !== undefined) return;
    this.stopped = reason;
    this.#stopping.abort();
  }

  /** An attribute is done, which is more than to have entered a set. */
  count(): void {
    this.#done += 1;
    this.hasBegun = true;
    this.#firstDone ??= performance.now();
  }

  /** Looks how much memory it takes. */
  measure(): Usage {
    if (this.#pid !== undefined) this.bytes = memoryOf(this.#pid);
    if (this.#done > 0) this.#atFirst ??= this.bytes;
    return { bytes: this.bytes, atFirst: this.#atFirst };
  }

  /** Makes place for another, which is to go on with this. */
  wearOut(next: Unit): void {
    this.unit = next;
    this.stop('worn-out');
  }

  /**
   * The first attribute is taken for a part of starting up: it may take what all of them share.
   * @param remaining how many attributes are known to lie before it
   */
  progress(remaining: number): Progress {
    const now = performance.now();
    const ready = this.#firstDone ?? this.#reached ?? now;
    const startUp = (ready - this.#started) / 1000;
    return { startUp, working: (now - ready) / 1000, done: this.#done - 1, remaining };
  }
}
