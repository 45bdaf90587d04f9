import { ActionError, asActionError, type ErrorCode } from '../domain/errors.ts';

/** What passes: who cannot be had now is left out. Whatever else is wrong is for a person to see to. */
export const ABSENT: ReadonlySet<ErrorCode> = new Set([
  'host-unresolvable',
  'host-unreachable',
  'connect-timeout',
  'connection-lost',
]);

/** Somebody who is to be connected to. */
export interface Awaited<T> {
  /** For people. */
  readonly label: string;
  readonly connected: Promise<T>;
}

/**
 * Waits for all; whoever cannot be reached is left out, and told of.
 * @throws ActionError of ssh/ for what does not pass by itself, and where nobody is left
 */
export async function presentPlaces<T>(
  all: readonly Awaited<T>[],
  onLeftOut: (text: string) => void,
): Promise<readonly [T, ...T[]]> {
  const settled = await Promise.allSettled(all.map(({ connected }) => connected));
  const present = settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const failures = settled.flatMap((each, index) =>
    each.status === 'rejected'
      ? [{ label: all[index]?.label ?? '', error: asActionError(each.reason) }]
      : [],
  );
  const serious = failures.find(({ error }) => !ABSENT.has(error.code));
  if (serious) throw serious.error;
  const [first, ...others] = present;
  if (first === undefined) throw noneLeft(failures.map(({ error }) => error));
  for (const { label, error } of failures) {
    onLeftOut(`${label} is left out: ${error.message}`);
  }
  return [first, ...others];
}

function noneLeft(errors: readonly ActionError[]): ActionError {
  const [first, ...others] = errors;
  if (!first) return new ActionError('internal', 'there is no place to build at');
  if (others.length === 0) return first;
  const reasons = [...new Set(errors.map(({ message }) => message))].join('; ');
  const { code, hint } = first;
  return new ActionError(code, `none of ${errors.length} remotes can be reached: ${reasons}`, {
    hint,
  });
}
