import type { OutputSelection } from '../domain/derived-path.ts';
import { ActionError } from '../domain/errors.ts';

/**
 * The outputs that a selection names, sorted.
 * @param names all outputs of the derivation
 * @throws ActionError `evaluation-failed` if it names one that does not exist
 */
export function outputsWanted(
  selection: OutputSelection,
  names: readonly string[],
): readonly string[] {
  const wanted = selection === 'all' ? names : selection;
  const unknown = wanted.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new ActionError(
      'evaluation-failed',
      `the derivation has no output '${unknown}', only ${names.join(', ')}`,
    );
  }
  return [...new Set(wanted)].sort();
}
