import type { Outcome } from '../domain/outcome.ts';
import { describeFile, type FileDifference } from '../domain/tree-difference.ts';
import { code, preformatted } from './markdown.ts';

/** One output of the `differences` in `results`. */
export interface DifferenceEntry {
  readonly output: string;
  /** Where each tree is, for people. */
  readonly places: readonly (string | null)[];
  /** Null where a tree could not be read. */
  readonly files: readonly FileDifference[] | null;
  /** Files that differ and are not listed. */
  readonly more: number;
}

/** Outputs in the summary; `results-file` has all. */
const MOST_OUTPUTS = 20;

/** What `results` says of outputs that came out in two ways; nothing where there are none. */
export function differenceEntries({ differences }: Outcome): {
  readonly differences?: readonly DifferenceEntry[];
} {
  if (!differences) return {};
  return {
    differences: differences.map(({ path, places, difference }) => ({
      output: path,
      places: places.map((place) => place ?? null),
      files: difference?.files ?? null,
      more: difference?.more ?? 0,
    })),
  };
}

/** A section of the summary for each output that came out in two ways. */
export function differenceSections(outcomes: readonly Outcome[]): readonly string[] {
  const all = new Map(
    outcomes.flatMap(({ differences = [] }) => differences.map((each) => [each.path, each])),
  );
  return [...all.values()].slice(0, MOST_OUTPUTS).map(({ path, places, difference }) => {
    const [one, other] = places;
    const files = (difference?.files ?? []).map(describeFile);
    const more = difference && difference.more > 0 ? [`and ${difference.more} more`] : [];
    return [
      `#### ${code(path)} came out in two ways`,
      [`- first: ${code(one)}`, `- second: ${other === undefined ? 'not kept' : code(other)}`].join(
        '\n',
      ),
      ...(files.length > 0 ? [preformatted([...files, ...more].join('\n'))] : []),
    ].join('\n\n');
  });
}
