import type { ActionError } from '../../domain/errors.ts';
import { errorText } from '../failures.ts';
import { plural } from '../format.ts';
import { cut, warningBox } from '../markdown.ts';
import { fitting } from './fitting.ts';

/** Boxes for what went wrong after good builds, and their bytes; copies fail alike, so there are few. */
const MAX_BOXES = 20;
const MAX_BYTES = 60_000;

/** Characters of one. */
const MAX_TEXT = 2000;

/** What went wrong after good builds: a box for each, as far as there is room. */
export function problemBoxes(problems: readonly ActionError[]): readonly string[] {
  const all = problems
    .slice(0, MAX_BOXES)
    .map((problem) => warningBox(cut(errorText(problem), MAX_TEXT)));
  const boxes = fitting(all, MAX_BYTES);
  const left = problems.length - boxes.length;
  return left === 0 ? boxes : [...boxes, `${plural(left, 'more problem')} not shown.`];
}
