import { randomUUID } from 'node:crypto';
import { printable } from '../domain/text.ts';

/**
 * What the runner reads as a command: `::` at a line's start, the old `##[` anywhere. For it a carriage return ends a line too, and
 * U+0085 is a blank (.NET's ReadLine and TrimStart).
 */
const WORKFLOW_COMMAND = /^[\s\u0085]*::|##\[/m;

/** Shows text that is not ours: nothing in it can act as a workflow command. */
export function writeForeign(lines: readonly string[], write: (line: string) => void): void {
  if (!lines.some((line) => WORKFLOW_COMMAND.test(line))) {
    for (const line of lines) write(line);
    return;
  }
  const token = randomUUID();
  write(`::stop-commands::${token}`);
  for (const line of lines) write(line);
  write(`::${token}::`);
}

/** A line that begins with words of ours and quotes others': nothing in it can act as a workflow command. */
export function titleText(text: string): string {
  return printable(text).replaceAll('##[', '## [');
}
