import type { Clock, Observe, Phase } from './events.ts';

/** Measures the parts of a step; parts that overlap are each counted whole, several runs of one part at a time once. */
export class Phases {
  readonly seconds = new Map<Phase, number>();
  readonly #clock: Clock;
  readonly #observe: Observe;
  readonly #begunAt: number;
  readonly #running = new Map<Phase, { count: number; since: number }>();

  constructor(clock: Clock, observe: Observe) {
    this.#clock = clock;
    this.#observe = observe;
    this.#begunAt = clock();
  }

  /** Seconds since the step began. */
  get elapsed(): number {
    return this.#clock() - this.#begunAt;
  }

  /** Runs work as (a part of) a phase; its time counts also when it fails. */
  async measure<T>(phase: Phase, work: () => Promise<T>): Promise<T> {
    this.#begin(phase);
    try {
      return await work();
    } finally {
      this.#end(phase);
    }
  }

  #begin(phase: Phase): void {
    const running = this.#running.get(phase);
    if (running) {
      running.count += 1;
      return;
    }
    this.#running.set(phase, { count: 1, since: this.#clock() });
    this.#observe({ kind: 'phase-started', phase });
  }

  #end(phase: Phase): void {
    const running = this.#running.get(phase);
    if (!running) return;
    running.count -= 1;
    if (running.count > 0) return;
    this.#running.delete(phase);
    const seconds = this.#clock() - running.since;
    this.seconds.set(phase, (this.seconds.get(phase) ?? 0) + seconds);
    this.#observe({ kind: 'phase-ended', phase, seconds });
  }
}
