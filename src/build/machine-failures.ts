import type { DaemonEvent } from '../domain/activity.ts';
import type { BuildResult } from '../domain/build-result.ts';
import { ActionError } from '../domain/errors.ts';
import { oneLine, withoutColour } from '../domain/text.ts';
import type { ActivityTracker } from './activity-tracker.ts';
import type { Loss } from './remote-link.ts';

/** What Nix's build hook says of a build that failed on a machine (build-remote.cc), in every version. */
const FAILED = /^(?:error: )?build of '([^']+\.drv)' on '[^']*' failed: (?:error: )?(.+)$/s;

const TIMED_OUT = /timed out after \d+ seconds/;

/** That the connection to a machine was lost. */
export interface MachineLoss extends Loss {
  /** The machine's name, for people. */
  readonly label: string;
}

/**
 * Why builds failed on machines. The local Nix hears of it from its build hook, prints it, and answers of all of them that a builder failed
 * with exit code 1: a wrong hash, a time-out, and a connection that was lost.
 */
export class MachineFailures {
  readonly #tracker: Pick<ActivityTracker, 'machineOf' | 'startOf'>;
  readonly #lossOf: (machine: string) => MachineLoss | undefined;
  readonly #reasons = new Map<string, string>();

  /** @param lossOf of the connection to a machine, as its daemon calls that */
  constructor(
    tracker: Pick<ActivityTracker, 'machineOf' | 'startOf'>,
    lossOf: (machine: string) => MachineLoss | undefined,
  ) {
    this.#tracker = tracker;
    this.#lossOf = lossOf;
  }

  hear(event: DaemonEvent): void {
    if (event.kind !== 'message') return;
    const [, drvPath, reason] = FAILED.exec(withoutColour(event.text).trim()) ?? [];
    if (drvPath !== undefined && reason !== undefined) this.#reasons.set(drvPath, reason);
  }

  /** An answer in the machine's own words, if it said any. */
  restated(answer: BuildResult): BuildResult {
    const { path, status } = answer;
    const reason = path.kind === 'built' ? this.#reasons.get(path.drvPath) : undefined;
    if (status !== 'misc-failure' || reason === undefined) return answer;
    const told = TIMED_OUT.test(reason) ? 'timed-out' : status;
    return { ...answer, status: told, errorMessage: reason };
  }

  /** What it means that the connection to its machine was lost during a build; undefined where that is not why it failed. */
  lossDuring({ path, status }: BuildResult): ActionError | undefined {
    if (status !== 'misc-failure' || path.kind !== 'built') return undefined;
    const { drvPath } = path;
    const loss = this.#lossOf(this.#tracker.machineOf(drvPath) ?? '');
    const isMeanwhile = loss && loss.at >= (this.#tracker.startOf(drvPath) ?? Infinity);
    if (!isMeanwhile || this.#reasons.has(drvPath)) return undefined;
    const why = oneLine(loss.reason.message);
    return new ActionError('connection-lost', `lost while ${loss.label} built it: ${why}`, {
      hint: 'Run the step again: what was finished is not done twice.',
    });
  }
}
