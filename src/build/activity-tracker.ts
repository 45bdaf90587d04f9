import {
  ACTIVITY,
  RESULT,
  type ActivityField,
  type ActivityId,
  type DaemonEvent,
} from '../domain/activity.ts';
import { isDrvPath, isStorePath, type DrvPath, type StorePath } from '../domain/store-path.ts';
import { printable } from '../domain/text.ts';
import { BuildVerdicts } from './build-verdicts.ts';
import type { Clock, Observe } from './events.ts';

/** What Nix says of a build that another client's build holds up (derivation-building-goal.cc). */
const LOCKED = /^waiting for (?:a )?locks? /i;

/** Characters of a machine's name: Nix's has the store URI's parameters, a host key among them. */
const MAX_MACHINE = 4000;

interface RunningBuild {
  readonly startedAt: number;
  /** A remote that passes a build on to a builder of its own tells of it twice: both count as one build. */
  readonly activities: Set<ActivityId>;
  /** As the machine tells it that it was passed on to; where it goes on there, without an end. */
  own: { readonly from: number; readonly to?: number } | undefined;
}

/** A while, in seconds on our clock. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** When a build ran. */
export interface BuildSpan extends Span {
  /** On the machine that it was passed on to, without the copies there and back; undefined where that machine told nothing of it. */
  readonly own: Span | undefined;
}

/**
 * Turns what a daemon tells of its activities into builds that start, speak and stop.
 * An activity's end does not say how the build ended: that is known from the build's result alone.
 */
export class ActivityTracker {
  /** Told when a build has begun. */
  onStarted: ((drvPath: DrvPath) => void) | undefined;
  /** Told when a build has stopped, well or not. */
  onStopped: ((drvPath: DrvPath) => void) | undefined;
  readonly #observe: Observe;
  readonly #clock: Clock;
  readonly #drvOf = new Map<ActivityId, DrvPath>();
  readonly #running = new Map<DrvPath, RunningBuild>();
  readonly #starts = new Map<DrvPath, number>();
  readonly #seconds = new Map<DrvPath, number>();
  readonly #spans = new Map<DrvPath, BuildSpan>();
  readonly #machines = new Map<DrvPath, string>();
  readonly #verdicts = new BuildVerdicts();
  readonly #substitutions = new Map<ActivityId, Substitution>();
  #lastTransition: number;

  constructor(observe: Observe, clock: Clock) {
    this.#observe = observe;
    this.#clock = clock;
    this.#lastTransition = clock();
  }

  /** Feeds one event. Unknown activities and results are passed over. */
  readonly hear = (event: DaemonEvent): void => {
    this.#verdicts.hear(event);
    switch (event.kind) {
      case 'start': {
        const substitution = substitutionOf(event.type, event.fields);
        if (substitution) this.#substitutions.set(event.id, substitution);
        const drvPath = builtDerivation(event.type, event.fields[0]);
        if (drvPath !== undefined) this.#started(event.id, drvPath, event.fields[1]);
        // Another session builds the same: without a word of it this looks as if nothing happened.
        if (event.type === ACTIVITY.buildWaiting && LOCKED.test(event.text)) {
          this.#observe({ kind: 'daemon-message', text: event.text });
        }
        return;
      }
      case 'result': {
        this.#result(event.id, event.type, event.fields[0]);
        return;
      }
      case 'stop': {
        this.#stopped(event.id);
        return;
      }
      case 'message': {
        this.#observe({ kind: 'daemon-message', text: event.text });
      }
    }
  };

  /** Seconds that each finished build took, by the arrival of its events. */
  secondsOf(drvPath: DrvPath): number | undefined {
    return this.#seconds.get(drvPath);
  }

  /** When a build began, or has begun, on our clock. */
  startOf(drvPath: DrvPath): number | undefined {
    return this.#starts.get(drvPath);
  }

  /** The daemon's name of the machine that builds, or has built, on one line; empty for its own. */
  machineOf(drvPath: DrvPath): string | undefined {
    return this.#machines.get(drvPath);
  }

  /** Every build that has stopped, and the seconds it took. */
  get finished(): ReadonlyMap<DrvPath, number> {
    return this.#seconds;
  }

  /** When those ran. */
  get spans(): ReadonlyMap<DrvPath, BuildSpan> {
    return this.#spans;
  }

  /** Seconds since a build was asked for, started or stopped. */
  quietSeconds(): number {
    return this.#clock() - this.#lastTransition;
  }

  /** To be called when a build is asked for: a daemon that just got a request is about to start something. */
  requested(): void {
    this.#lastTransition = this.#clock();
  }

  #started(id: ActivityId, drvPath: DrvPath, machine: ActivityField | undefined): void {
    // A builder tells of the same build once more, without a name.
    if (typeof machine === 'string' && this.#machines.get(drvPath) === undefined) {
      this.#machines.set(drvPath, printable(machine, MAX_MACHINE));
    }
    this.#lastTransition = this.#clock();
    this.#drvOf.set(id, drvPath);
    const running = this.#running.get(drvPath);
    if (running) {
      running.activities.add(id);
      running.own = { from: this.#clock() };
      return;
    }
    const startedAt = this.#clock();
    this.#starts.set(drvPath, startedAt);
    this.#running.set(drvPath, { startedAt, activities: new Set([id]), own: undefined });
    this.#observe({ kind: 'build-started', drvPath, machine: this.#machines.get(drvPath) });
    this.onStarted?.(drvPath);
  }

  #result(id: ActivityId, type: number, field: bigint | string | undefined): void {
    const drvPath = this.#drvOf.get(id);
    if (drvPath === undefined || typeof field !== 'string') return;
    if (type === RESULT.buildLogLine || type === RESULT.postBuildLogLine) {
      this.#observe({ kind: 'build-log', drvPath, line: field });
    } else if (type === RESULT.setPhase) {
      this.#observe({ kind: 'build-phase', drvPath, phase: field });
    }
  }

  #stopped(id: ActivityId): void {
    const substitution = this.#substitutions.get(id);
    if (substitution) {
      this.#substitutions.delete(id);
      this.#observe({ kind: 'substituted', ...substitution });
    }
    const drvPath = this.#drvOf.get(id);
    if (drvPath === undefined) return;
    this.#lastTransition = this.#clock();
    this.#drvOf.delete(id);
    const running = this.#running.get(drvPath);
    running?.activities.delete(id);
    if (!running) return;
    const now = this.#clock();
    if (running.own) running.own = { to: now, ...running.own };
    if (running.activities.size > 0) return;
    this.#running.delete(drvPath);
    const { startedAt: from, own } = running;
    this.#spans.set(drvPath, { from, to: now, own: own && { to: now, ...own } });
    const seconds = now - from;
    this.#seconds.set(drvPath, seconds);
    const verdict = this.#verdicts.of(drvPath);
    const { progress } = this.#verdicts;
    this.#observe({ kind: 'build-stopped', drvPath, seconds, verdict, progress });
    this.onStopped?.(drvPath);
  }
}

/** What is fetched, and from where. */
interface Substitution {
  readonly path: string;
  readonly from: string;
}

function substitutionOf(
  type: number,
  [path, from]: readonly ActivityField[],
): Substitution | undefined {
  if (type !== ACTIVITY.substitute || typeof path !== 'string') return undefined;
  return { path, from: typeof from === 'string' ? from : '' };
}

function builtDerivation(type: number, field: bigint | string | undefined): DrvPath | undefined {
  if (type !== ACTIVITY.build || typeof field !== 'string' || !isStorePath(field)) return undefined;
  const path: StorePath = field;
  return isDrvPath(path) ? path : undefined;
}
