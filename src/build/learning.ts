import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Kept } from '../domain/kept.ts';
import type { RemoteId } from '../plan/evidence.ts';
import { readHistory, writeHistory } from '../plan/history-codec.ts';
import { remember, tells } from '../plan/experience.ts';
import { NO_HISTORY, type History } from '../plan/history.ts';
import { remoteIdOf } from './evidence-remote.ts';
import type { Clock } from './events.ts';
import { experienceOf, type EndedStep } from './experience.ts';
import { LineWatch } from './line-watch.ts';
import type { Line } from './lines.ts';
import type { StepContext, StepRequest } from './step-request.ts';

/**
 * What a step takes from earlier runs with the same remotes, and leaves to later ones: how well was predicted, how fast lines are, how large
 * outputs. A step in which there is nothing to choose takes nothing, and leaves nothing.
 *
 * It needs no trust, for all that can come of it is the slower one of two modes that the user allows. It is sealed all the same, as all that
 * is kept.
 */
export class Learning {
  readonly #kept: Kept;
  readonly #remotes: readonly RemoteId[];
  readonly #prefix: string;
  readonly #found: Promise<History>;

  private constructor(kept: Kept, remotes: readonly RemoteId[], runnerKind: string) {
    this.#kept = kept;
    this.#remotes = remotes;
    this.#prefix = `history-${digestOf([runnerKind, ...remotes.toSorted()])}-`;
    this.#found = this.#find();
  }

  /** Begins to look for what there is, which nobody waits for. */
  static begin(
    { destination }: StepRequest,
    { kept, runnerKind }: StepContext,
  ): Learning | undefined {
    if (destination.mode !== 'auto' || !kept.isSealed) return undefined;
    return new Learning(kept, destination.machines.map(remoteIdOf), runnerKind);
  }

  /** Looks at lines from now on. */
  watch(lines: readonly Line[], clock: Clock): LineWatch {
    return new LineWatch(lines, clock);
  }

  /** Undefined as long as it is not known whether there is one. */
  get history(): Promise<History | undefined> {
    return Promise.race([this.#found, setImmediate(undefined)]);
  }

  /** Has what this step found out kept beside what was known before; where that did not come in time, it stays as it was. */
  async keep(step: EndedStep): Promise<void> {
    const history = await this.history;
    // What could not be looked up would be lost by what takes its place.
    if (!history || !this.#kept.isWorking) return;
    const experience = await experienceOf(step);
    if (!tells(history, experience)) return;
    const text = writeHistory(remember(history, experience), this.#remotes);
    await this.#kept.keep(this.#prefix + this.#kept.run, Buffer.from(text));
  }

  async #find(): Promise<History> {
    const found = await this.#kept.find(this.#prefix + this.#kept.run, this.#prefix);
    if (!found) return NO_HISTORY;
    return readHistory(Buffer.from(found.value).toString(), this.#remotes) ?? NO_HISTORY;
  }
}

/** Names nobody. */
function digestOf(words: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(words)).digest('hex').slice(0, 32);
}
