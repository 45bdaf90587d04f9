import type { Clock, Phase, StepEvent } from '../build/events.ts';
import type { DrvPath } from '../domain/store-path.ts';
import { derivationName } from './derivation-name.ts';
import { formatSeconds } from './format.ts';

/** Seconds without a line after which one says what is going on. */
const SILENCE = 30;

/** Builds that are named; the others are counted. */
const MAX_NAMED = 5;

const DOING: Readonly<Record<Phase, string>> = {
  connect: 'connecting',
  evaluate: 'evaluating',
  upload: 'uploading',
  build: 'waiting for builds to start',
  rebuild: 'building again',
  push: 'pushing',
  'copy-back': 'copying back',
};

/** Says what is running when nothing else has been said for long, so that no one wonders whether the step hangs. */
export class Heartbeat {
  readonly #clock: Clock;
  readonly #running = new Map<DrvPath, number>();
  readonly #phases = new Map<Phase, number>();
  #lastLine: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#lastLine = clock();
  }

  /** To be told of every event. */
  hear(event: StepEvent): void {
    if (event.kind === 'build-started') this.#running.set(event.drvPath, this.#clock());
    if (event.kind === 'build-stopped') this.#running.delete(event.drvPath);
    if (event.kind === 'phase-started') this.#phases.set(event.phase, this.#clock());
    if (event.kind === 'phase-ended') this.#phases.delete(event.phase);
  }

  /** To be told of every line that the log shows. */
  lineShown(): void {
    this.#lastLine = this.#clock();
  }

  /** Whether nothing has been said for long. */
  get isDue(): boolean {
    return this.#clock() - this.#lastLine >= SILENCE;
  }

  /** The line that is due now, if one is. */
  beat(): string | undefined {
    if (!this.isDue) return undefined;
    if (this.#running.size > 0) return `still building ${this.#builds()}`;
    const phases = [...this.#phases].map(
      ([phase, since]) => `${DOING[phase]} (${formatSeconds(this.#clock() - since)})`,
    );
    return phases.length === 0 ? undefined : `still ${phases.join(', ')}`;
  }

  #builds(): string {
    const now = this.#clock();
    const builds = [...this.#running].map(
      ([drvPath, since]) => `${derivationName(drvPath)} (${formatSeconds(now - since)})`,
    );
    const more = builds.length > MAX_NAMED ? ` and ${builds.length - MAX_NAMED} more` : '';
    return `${builds.slice(0, MAX_NAMED).join(', ')}${more}`;
  }
}
