import {
  ACTIVITY,
  RESULT,
  type ActivityField,
  type ActivityId,
  type DaemonEvent,
} from '../domain/activity.ts';
import type { DrvPath } from '../domain/store-path.ts';
import type { BuildVerdict } from './build-record.ts';
import { failuresNamedIn } from './named-failures.ts';

/** How many builds have ended, and how many there are, as far as a daemon knows. */
export interface BuildProgress {
  readonly ended: number;
  readonly all: number;
}

/** Of the activity that counts all builds (worker.cc, `updateProgress`). */
interface Counts {
  readonly done: number;
  readonly failed: number;
  readonly running: number;
  readonly expected: number;
}

const NONE: Counts = { done: 0, failed: 0, running: 0, expected: 0 };

/**
 * How builds ended, before their results are there. The end of a build's activity does not say, but a daemon counts builds that are done
 * and that failed just before it tells of that end, and names a failure that others wait for. Where neither is clear, the verdict is left
 * to the results.
 */
export class BuildVerdicts {
  readonly #named = new Set<string>();
  #counter: ActivityId | undefined;
  #counts = NONE;
  #all = 0;
  /** Counted, and no build's end heard of since. */
  #done = 0;
  #failed = 0;
  /** Ends that could have been either. */
  #unclear = 0;

  hear(event: DaemonEvent): void {
    if (event.kind === 'message') {
      for (const drvPath of failuresNamedIn(event.text)) this.#named.add(drvPath);
    } else if (event.kind === 'start' && event.type === ACTIVITY.builds) {
      this.#counter = event.id;
      this.#counts = NONE;
    } else if (
      event.kind === 'result' &&
      event.id === this.#counter &&
      event.type === RESULT.progress
    ) {
      this.#count(event.fields);
    }
  }

  get progress(): BuildProgress | undefined {
    const { done, failed } = this.#counts;
    const ended = done + failed;
    return ended === 0 ? undefined : { ended, all: Math.max(this.#all, ended) };
  }

  /** To be asked once for each build, when it has stopped. */
  of(drvPath: DrvPath): BuildVerdict {
    if (this.#named.has(drvPath)) {
      this.#failed = Math.max(0, this.#failed - 1);
      return 'failed';
    }
    if (this.#done > 0 && this.#failed === 0) {
      this.#done -= 1;
      return 'built';
    }
    if (this.#failed > 0 && this.#done === 0) {
      this.#failed -= 1;
      return 'failed';
    }
    this.#unclear += 1;
    if (this.#unclear >= this.#done + this.#failed) {
      this.#done = 0;
      this.#failed = 0;
      this.#unclear = 0;
    }
    return 'unknown';
  }

  #count(fields: readonly ActivityField[]): void {
    const [done = 0, expected = 0, running = 0, failed = 0] = fields.map(Number);
    const last = this.#counts;
    this.#counts = { done, failed, running, expected };
    if (running >= last.running) {
      // What no machine takes fails here, too, but was never begun. When a build has just ended, Nix 2.34 expects it once more.
      this.#all = expected + failed;
      return;
    }
    if (done > last.done) this.#done += 1;
    if (failed > last.failed) this.#failed += 1;
  }
}
