import type { Clock, StepEvent } from '../build/events.ts';
import type { DrvPath } from '../domain/store-path.ts';
import { formatSeconds } from './format.ts';
import { derivationName } from './log.ts';

/** Seconds without a line after which one says what is going on. */
const SILENCE = 30;

/** Builds that are named; the others are counted. */
const MAX_NAMED = 5;

/** Says what is running when nothing else has been said for long, so that no one wonders whether the step hangs. */
export class Heartbeat {
  readonly #clock: Clock;
  readonly #running = new Map<DrvPath, number>();
  #lastLine: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#lastLine = clock();
  }

  /** To be told of every event. */
  hear(event: StepEvent): void {
    if (event.kind === 'build-started') this.#running.set(event.drvPath, this.#clock());
    if (event.kind === 'build-stopped') this.#running.delete(event.drvPath);
  }

  /** To be told of every line that the log shows. */
  lineShown(): void {
    this.#lastLine = this.#clock();
  }

  /** The line that is due now, if one is. */
  beat(): string | undefined {
    const now = this.#clock();
    if (this.#running.size === 0 || now - this.#lastLine < SILENCE) return undefined;
    const builds = [...this.#running].map(
      ([drvPath, since]) => `${derivationName(drvPath)} (${formatSeconds(now - since)})`,
    );
    const more = builds.length > MAX_NAMED ? ` and ${builds.length - MAX_NAMED} more` : '';
    return `still building ${builds.slice(0, MAX_NAMED).join(', ')}${more}`;
  }
}
