import { record, string } from '../domain/json.ts';
import type { Found, Kept } from '../domain/kept.ts';
import type { Installable } from '../domain/installable.ts';
import {
  parseEvaluation,
  printEvaluation,
  wholeEvaluation,
  type WholeEvaluation,
} from '../nix/kept-evaluation.ts';
import type { Evaluation } from '../nix/evaluation.ts';
import { digestOf } from '../plan/fingerprint.ts';
import type { SystemChoice } from './systems.ts';

/** An evaluation of an earlier run. */
export interface KnownEvaluation {
  /** What it was made for, as {@link digestOf} names it. */
  readonly systems: string;
  readonly evaluation: WholeEvaluation;
}

/**
 * What earlier runs evaluated, by fingerprint. For which systems they did so is known only once the remotes are connected: it is told by
 * the entry, and is the end of its key, so that a builder which learns another system gets an entry of its own.
 */
export class KnownEvaluations {
  readonly #kept: Kept;
  readonly #prefix: string;
  readonly #installables: readonly Installable[];

  constructor(kept: Kept, fingerprint: string, installables: readonly Installable[]) {
    this.#kept = kept;
    this.#prefix = `evaluation-${fingerprint}-`;
    this.#installables = installables;
  }

  /** @param guess what the remotes most likely build for. A damaged entry is none. */
  async find(guess: SystemChoice): Promise<KnownEvaluation | undefined> {
    const found = await this.#kept.find(this.#keyFor(digestOfChoice(guess)), this.#prefix);
    return found && this.#read(found);
  }

  /** Keeps an evaluation that went well; another is of no use to a later run. */
  async keep(evaluation: Evaluation, choice: SystemChoice): Promise<void> {
    const whole = wholeEvaluation(evaluation);
    if (!whole) return;
    const systems = digestOfChoice(choice);
    const text = `{"systems":"${systems}","evaluation":${printEvaluation(whole, this.#installables)}}`;
    await this.#kept.keep(this.#keyFor(systems), Buffer.from(text));
  }

  #keyFor(systems: string): string {
    return `${this.#prefix}${systems}`;
  }

  #read({ value }: Found): KnownEvaluation | undefined {
    try {
      const entry = record(JSON.parse(Buffer.from(value).toString('utf8')), 'the entry');
      const systems = string(entry['systems'], 'systems');
      return { systems, evaluation: parseEvaluation(entry['evaluation'], this.#installables) };
    } catch {
      return undefined;
    }
  }
}

export function digestOfChoice({ system, systems }: SystemChoice): string {
  return digestOf([system, ...systems]);
}
