import { ActionError } from '../../domain/errors.ts';
import { describeFile, type OutputDifference } from '../../domain/tree-difference.ts';
import type { Verdict } from './check.ts';

/** Files that an error's one line names; the others are in `results`, in the log and in the summary. */
const MOST_NAMED = 3;

/** The verdict on outputs that came out in two ways; at least one. */
export function differing(differences: readonly OutputDifference[]): Verdict {
  const all = differences.map(({ path, difference }) => {
    if (!difference) return path;
    const named = difference.files.slice(0, MOST_NAMED).map(describeFile);
    const left = difference.files.length - named.length + difference.more;
    return `${path} (${named.join('; ')}${left > 0 ? `; and ${left} more` : ''})`;
  });
  const message = `not deterministic: built twice, it came out differently: ${all.join(', ')}`;
  const error = new ActionError('not-deterministic', message, { hint: whereTheyAre(differences) });
  return { status: 'not-deterministic', error, differences };
}

function whereTheyAre(differences: readonly OutputDifference[]): string {
  const [first] = differences;
  const [one = '', other] = first?.places ?? [];
  if (other !== undefined) {
    return `Compare them, with diffoscope for instance: ${one}, and ${other}, which is there until the next garbage collection.`;
  }
  return 'Which files differ is not known: keep-failed: true keeps the second tree, and reading it takes the right to run `nix-store` there.';
}

/** All that is known, a line each. */
export function differenceLines({ path, places, difference }: OutputDifference): readonly string[] {
  const [one, other] = places;
  return [
    `${path} came out differently when it was built again`,
    `  first:  ${one}`,
    `  second: ${other ?? 'not kept'}`,
    ...(difference?.files ?? []).map((file) => `  ${describeFile(file)}`),
    ...(difference && difference.more > 0 ? [`  and ${difference.more} more`] : []),
  ];
}
