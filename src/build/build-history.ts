import type { DrvPath } from '../domain/store-path.ts';
import type { BuildRecord } from './build-record.ts';
import type { Clock, StepEvent } from './events.ts';
import { LineTail } from './line-tail.ts';

/** Of the log of each build that was not a success. */
const KEPT_OF_LOG = { lines: 25, characters: 8000 };

type Begun = { -readonly [Name in keyof BuildRecord]: BuildRecord[Name] } & { tail: LineTail };

/** Writes down what is heard of builds. Of thousands of good ones it keeps little, of bad ones the end of their logs. */
export class BuildRecorder {
  readonly #clock: Clock;
  readonly #builds = new Map<DrvPath, Begun>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  readonly hear = (event: StepEvent): void => {
    // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- the others are not about one build
    switch (event.kind) {
      case 'build-started': {
        this.#begun(event.drvPath, event.builder);
        return;
      }
      case 'build-phase': {
        const build = this.#builds.get(event.drvPath);
        if (build) build.phase = event.phase;
        return;
      }
      case 'build-log': {
        this.#builds.get(event.drvPath)?.tail.push(event.line);
        return;
      }
      case 'build-stopped': {
        const build = this.#builds.get(event.drvPath);
        if (!build) return;
        build.seconds = event.seconds;
        build.verdict = event.verdict ?? 'unknown';
        if (build.verdict === 'built') build.tail = new LineTail(KEPT_OF_LOG);
        return;
      }
      default:
    }
  };

  get records(): readonly BuildRecord[] {
    return [...this.#builds.values()].map(({ tail, ...record }) => ({
      ...record,
      lastLines: tail.lines,
    }));
  }

  /** What is begun again counts from then on. */
  #begun(drvPath: DrvPath, builder: string | undefined): void {
    this.#builds.delete(drvPath);
    this.#builds.set(drvPath, {
      drvPath,
      builder,
      startedAt: this.#clock(),
      seconds: undefined,
      verdict: 'unknown',
      phase: undefined,
      lastLines: [],
      tail: new LineTail(KEPT_OF_LOG),
    });
  }
}
