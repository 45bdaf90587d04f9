import type { Examined } from '../build/preflight.ts';
import { CHECKS, type Verdict } from '../diagnose/preflight/findings.ts';
import { printable } from '../domain/text.ts';
import { escapeText } from './markdown.ts';

const MARKS: Readonly<Record<Verdict, string>> = { good: '✓', noted: '!', bad: '✗', unknown: '?' };

const SYMBOLS: Readonly<Record<Verdict, string>> = {
  good: '✅',
  noted: '⚠️',
  bad: '❌',
  unknown: '❔',
};

/** Remotes beside one another in a table of the summary. */
const COLUMNS = 4;

/** The table for the log: nothing that a remote says can act there. */
export function preflightLines(all: readonly Examined[]): readonly string[] {
  return all.flatMap(({ remote, findings }) => [
    `preflight of ${printable(remote)}`,
    ...CHECKS.map((check) => {
      const { verdict, text } = findings[check];
      return `  ${MARKS[verdict]} ${check.padEnd(14)} ${printable(text).replaceAll('##[', '## [')}`;
    }),
  ]);
}

/** The table for the summary: a row for each check, a column for each remote. */
export function preflightMarkdown(all: readonly Examined[]): string {
  const groups = Array.from({ length: Math.ceil(all.length / COLUMNS) }, (_, index) =>
    all.slice(index * COLUMNS, (index + 1) * COLUMNS),
  );
  const tables = groups.map((group) => {
    const heads = ['preflight', ...group.map(({ remote }) => escapeText(printable(remote)))];
    const rows = CHECKS.map((check) => [
      check,
      ...group.map(({ findings }) => {
        const { verdict, text } = findings[check];
        return `${SYMBOLS[verdict]} ${escapeText(printable(text))}`;
      }),
    ]);
    return [heads, heads.map(() => '-'), ...rows]
      .map((cells) => `| ${cells.join(' | ')} |`)
      .join('\n');
  });
  return `${['### Nix Remote Build: preflight', ...tables].join('\n\n')}\n`;
}
