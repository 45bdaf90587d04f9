import type { DaemonEvent } from '../domain/activity.ts';
import { withoutColour } from '../domain/text.ts';
import type { Answer } from '../offload/take-over.ts';

/** How Nix up to 2.29 and since 2.30 begins to say that a build failed. */
const FAILED = /(?:builder for|Cannot build) '([^']+\.drv)'/g;

/** The derivations that a text of Nix says have failed. */
export function failuresNamedIn(text: string): readonly string[] {
  return [...withoutColour(text).matchAll(FAILED)].map(([, drvPath = '']) => drvPath);
}

/** Which derivations failed, by what a daemon says of them: results tell only of those that were asked for. */
export class NamedFailures {
  readonly #named = new Set<string>();

  hear(event: DaemonEvent): void {
    if (event.kind === 'message') this.#note(event.text);
  }

  /** Those that were named so far, and in an answer. */
  in(answer: Answer): ReadonlySet<string> {
    if (answer.kind === 'error') this.#note(answer.message);
    if (answer.kind === 'results') {
      for (const { errorMessage } of answer.results) this.#note(errorMessage);
    }
    return this.#named;
  }

  #note(text: string): void {
    for (const drvPath of failuresNamedIn(text)) this.#named.add(drvPath);
  }
}
