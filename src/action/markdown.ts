import { withoutColour } from '../domain/text.ts';

/** What shows nothing, or shows other text in another order than it stands: control characters, marks of direction. */
const HIDDEN =
  // eslint-disable-next-line no-control-regex -- these are meant
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** What Markdown, a table or HTML gives a meaning wherever it stands. */
const SPECIAL = /[&<>|`*_~[\]\\#@!:$]/g;

/** What does so at a line's beginning: items of lists, underlines that make headings. */
const BEGINNING = /^(?:[-+=]|\d+(?=[.)]))/;

/** As code, also in a table cell: text of a flake can break neither the table nor the page. */
export function code(text: string, limit = 200): string {
  return `<code>${escaped(cut(onOneLine(text), limit))}</code>`;
}

/** A box that stands out. */
export function warningBox(text: string): string {
  return `> [!WARNING]\n> ${escapeText(text)}`;
}

/** Text of unknown origin as one line of Markdown, or a part of one. */
export function escapeText(text: string): string {
  const line = onOneLine(text);
  const [beginning = ''] = BEGINNING.exec(line) ?? [];
  return (
    beginning.replaceAll(/./gu, (each) => reference(each)) + escaped(line.slice(beginning.length))
  );
}

/** Text of unknown origin as it stands, a block of its own. */
export function preformatted(text: string): string {
  return `<pre>${escaped(visible(text.replaceAll(/\r\n?/g, '\n')))}</pre>`;
}

/** What is shown when somebody opens it. Both are Markdown, the title on one line and without blocks. */
export function folded(title: string, content: string): string {
  return `<details><summary>${title}</summary>\n\n${content}\n\n</details>`;
}

/** A row of a table; each cell is Markdown on one line. */
export function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** At most so many characters, with a sign that there were more. */
export function cut(text: string, limit: number): string {
  return text.length > limit ? `${text.slice(0, limit).toWellFormed()}…` : text;
}

function escaped(text: string): string {
  return text.replaceAll(SPECIAL, reference);
}

function reference(character: string): string {
  return `&#${character.charCodeAt(0)};`;
}

function onOneLine(text: string): string {
  return visible(text.replaceAll(/\s+/g, ' ').trim());
}

function visible(text: string): string {
  return withoutColour(text).toWellFormed().replaceAll(HIDDEN, '\u{fffd}');
}
