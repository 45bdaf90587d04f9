import type { Outcome } from '../domain/outcome.ts';
import {
  describeFile,
  type FileDifference,
  type OutputDifference,
  type TreeDifference,
} from '../domain/tree-difference.ts';
import { code, preformatted } from './markdown.ts';
import { fitting } from './summary/fitting.ts';

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

/** Outputs in the summary, their bytes, and those of one's files; `results-file` has all. */
const MOST_OUTPUTS = 20;
const MAX_BYTES = 150_000;
const MAX_FILES_BYTES = 20_000;

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

/** A section of the summary for each output that came out in two ways, as far as there is room. */
export function differenceSections(outcomes: readonly Outcome[]): readonly string[] {
  const all = new Map(
    outcomes.flatMap(({ differences = [] }) => differences.map((each) => [each.path, each])),
  );
  const sections = fitting([...all.values()].slice(0, MOST_OUTPUTS).map(section), MAX_BYTES);
  const left = all.size - sections.length;
  return left === 0
    ? sections
    : [...sections, `${left} more that came out in two ways are in \`results-file\`.`];
}

function section({ path, places: [one, other], difference }: OutputDifference): string {
  return [
    `#### ${code(path)} came out in two ways`,
    [`- first: ${code(one)}`, `- second: ${other === undefined ? 'not kept' : code(other)}`].join(
      '\n',
    ),
    ...(difference && difference.files.length > 0 ? [filesBlock(difference)] : []),
  ].join('\n\n');
}

function filesBlock({ files, more }: TreeDifference): string {
  const lines = files.map(describeFile);
  const shown = fitting(lines.map(preformatted), MAX_FILES_BYTES).length;
  const left = lines.length - shown + more;
  return preformatted(
    [...lines.slice(0, shown), ...(left > 0 ? [`and ${left} more`] : [])].join('\n'),
  );
}
