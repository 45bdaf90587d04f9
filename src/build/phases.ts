import type { Clock, Observe, Phase } from './events.ts';

/** Measures the parts of a step; parts that overlap are each counted whole. */
export class Phases {
  readonly seconds = new Map<Phase, number>();
  readonly #clock: Clock;
  readonly #observe: Observe;

  constructor(clock: Clock, observe: Observe) {
    this.#clock = clock;
    this.#observe = observe;
  }

  /** Runs work as (a part of) a phase; its time counts also when it fails. */
  async measure<T>(phase: Phase, work: () => Promise<T>): Promise<T> {
    const start = this.#clock();
    this.#observe({ kind: 'phase-started', phase });
    try {
      return await work();
    } finally {
      const seconds = this.#clock() - start;
      this.seconds.set(phase, (this.seconds.get(phase) ?? 0) + seconds);
      this.#observe({ kind: 'phase-ended', phase, seconds });
    }
  }
}
