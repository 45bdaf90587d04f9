import { plural } from '../format.ts';

/** Bytes of a whole summary: GitHub shows nothing of one beyond 1 MiB. The rest is for the note that there was more. */
const MAX_BYTES = 1024 * 1024 - 1000;

/** Bytes between two parts, at most. */
const BLANK = 2;

/** The first of these parts that together, each with a blank line after it, take no more bytes. */
export function fitting(parts: Iterable<string>, maxBytes: number): readonly string[] {
  const fit: string[] = [];
  let bytes = 0;
  for (const part of parts) {
    bytes += Buffer.byteLength(part) + BLANK;
    if (bytes > maxBytes) break;
    fit.push(part);
  }
  return fit;
}

/** Sections as one page that GitHub shows: without the last ones, which it says, where all would be too long. */
export function page(sections: readonly string[]): string {
  const shown = fitting(sections, MAX_BYTES);
  const left = sections.length - shown.length;
  const note = `The summary would be longer than GitHub shows: ${plural(left, 'section')} left out here. \`results-file\` has all attributes.`;
  return [...shown, ...(left > 0 ? [note] : [])].join('\n\n').concat('\n');
}
