/** Node's timers are up to two milliseconds late: so much earlier they end, and the loop is turned until the moment has come. */
const SPIN_MS = 2.5;

interface Appointment {
  readonly at: number;
  readonly run: () => void;
}

/**
 * Calls back at a moment, some tens of microseconds late at most while the thread has nothing else to do. The delay of a
 * link is made of many waits, so Node's timers alone would not do.
 */
export class Clock {
  readonly #appointments: Appointment[] = [];
  #timer: NodeJS.Timeout | undefined;
  #spinning = false;

  /** @param at milliseconds as `performance.now()` counts; appointments at the same moment keep their order */
  at(at: number, run: () => void): void {
    let index = this.#appointments.length;
    while (index > 0 && (this.#appointments[index - 1]?.at ?? 0) > at) {
      index -= 1;
    }
    this.#appointments.splice(index, 0, { at, run });
    if (index === 0) {
      this.#arrange();
    }
  }

  #arrange(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const next = this.#appointments[0];
    if (next === undefined || this.#spinning) {
      return;
    }
    const ahead = next.at - performance.now();
    if (ahead > SPIN_MS) {
      this.#timer = setTimeout(() => this.#arrange(), Math.max(1, Math.floor(ahead - SPIN_MS)));
      return;
    }
    this.#spinning = true;
    setImmediate(() => {
      this.#spinning = false;
      this.#runDue();
      this.#arrange();
    });
  }

  #runDue(): void {
    const now = performance.now();
    for (let next = this.#appointments[0]; next !== undefined && next.at <= now;) {
      this.#appointments.shift();
      next.run();
      next = this.#appointments[0];
    }
  }
}
