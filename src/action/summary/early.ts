import type { ActionError } from '../../domain/errors.ts';
import { code, cut, escapeText, preformatted } from '../markdown.ts';

/** A step that ended before it could build. */
export interface EarlyFailure {
  readonly error: ActionError;
  readonly task: 'build' | 'set-up';
  /** What it was asked for, as far as that was read. */
  readonly installables: readonly string[];
}

/** Installables that are named; the others are counted. */
const MAX_NAMED = 20;

/** Characters of the error's message. */
const MAX_MESSAGE = 10_000;

/** The job summary of such a step: verdict, what is wrong, what to do. */
export function renderEarlyFailure({ error, task, installables }: EarlyFailure): string {
  const verdict = task === 'build' ? 'nothing was built' : 'not set up';
  const hint = error.hint;
  return [
    `## Nix Remote Build: ❌ ${verdict}`,
    preformatted(cut(error.message, MAX_MESSAGE)),
    ...(hint === undefined ? [] : [`**What to do:** ${escapeText(hint)}`]),
    ...(installables.length === 0 ? [] : [`Asked for: ${named(installables)}.`]),
    `Error code: \`${error.code}\`.`,
  ]
    .join('\n\n')
    .concat('\n');
}

function named(installables: readonly string[]): string {
  const shown = installables.slice(0, MAX_NAMED).map((text) => code(text));
  const left = installables.length - shown.length;
  return `${shown.join(', ')}${left > 0 ? ` and ${left} more` : ''}`;
}
