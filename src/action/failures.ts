import type { ActionError } from '../domain/errors.ts';
import { isGood, type Outcome } from '../domain/outcome.ts';

/** What failed, what failed by itself before its consequences: a failed dependency may be another attribute. */
export function failuresByCause(outcomes: readonly Outcome[]): readonly Outcome[] {
  return outcomes
    .filter(({ status }) => !isGood(status))
    .sort((one, other) => distance(one) - distance(other));
}

/** Built, but not where it was wanted. */
export function isUncopied({ status, error }: Outcome): boolean {
  return isGood(status) && error !== undefined;
}

/** From the cause. */
function distance({ status }: Outcome): number {
  if (status === 'cancelled') return 2;
  return status === 'dependency-failed' ? 1 : 0;
}

/** What is wrong and what to do, as one text. */
export function errorText({ message, hint }: Pick<ActionError, 'message' | 'hint'>): string {
  if (hint === undefined) return message;
  return `${message}${/[.!?]$/.test(message) ? '' : '.'} ${hint}`;
}
