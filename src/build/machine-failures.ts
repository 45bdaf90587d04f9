import type { DaemonEvent } from '../domain/activity.ts';
import type { BuildResult } from '../domain/build-result.ts';
import { ActionError } from '../domain/errors.ts';
import type { DrvPath } from '../domain/store-path.ts';
import { oneLine, withoutColour } from '../domain/text.ts';
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
  readonly #reasons = new Map<string, string>();

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

  /**
   * What it means for a failed build that the connection to its machine was lost; undefined if the machine itself has said why it failed.
   * @param loss of that machine's connection, while it built
   */
  lossOf(drvPath: DrvPath, { label, reason }: MachineLoss): ActionError | undefined {
    if (this.#reasons.has(drvPath)) return undefined;
    const why = oneLine(reason.message);
    return new ActionError('connection-lost', `lost while ${label} built it: ${why}`, {
      hint: 'Run the step again: what was finished is not done twice.',
    });
  }
}
