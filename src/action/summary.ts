import * as core from '@actions/core';
import type { Phase } from '../build/events.ts';
import type { StepReport } from '../build/step-request.ts';
import { toError } from '../domain/errors.ts';
import { isGood, type Outcome } from '../domain/outcome.ts';
import { differenceSections } from './differences.ts';
import { errorText, failuresByCause } from './failures.ts';
import { formatBytes, formatSeconds, plural } from './format.ts';
import { code, escapeText, warningBox } from './markdown.ts';

/** Rows of the table; GitHub shows nothing of a summary beyond 1 MiB. */
const MAX_ROWS = 1000;

/** Bytes of what is said about failures, for the same reason. */
const MAX_SECTION_BYTES = 300_000;

/** Characters of one error's message. */
const MAX_MESSAGE = 10_000;

/** Attributes that failed alike and are named; the others are counted. */
const MAX_NAMED = 5;

const PHASE_NAMES: Readonly<Record<Phase, string>> = {
  connect: 'connect',
  evaluate: 'evaluate',
  build: 'build',
  rebuild: 'build again',
  'copy-back': 'copy back',
};

/** Adds to the job summary. A summary that cannot be written never fails a build. */
export async function writeSummary(markdown: string): Promise<void> {
  try {
    await core.summary.addRaw(markdown).write();
  } catch (error) {
    core.warning(`The job summary could not be written: ${toError(error).message}`);
  }
}

/** The job summary as GitHub Markdown: verdict first, failures before successes. */
export function renderSummary(report: StepReport): string {
  const failed = failuresByCause(report.outcomes);
  return [
    `## Nix Remote Build: ${verdict(report, failed.length)}`,
    `${place(report)}. ${counts(report.outcomes)}.`,
    transfer(report),
    predictionsTable(report),
    table(report),
    ...failureSections(failed),
    ...differenceSections(report.outcomes),
    ...report.problems.map((problem) => warningBox(errorText(problem))),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

function verdict(report: StepReport, failed: number): string {
  const total = plural(report.outcomes.length, 'attribute');
  if (failed > 0) return `❌ ${failed} of ${total} failed`;
  return report.problems.length > 0 ? `❌ ${total} built, but not finished` : `✅ ${total} built`;
}

/** Which mode, where, and why. */
function place({ mode, remote, reason }: StepReport): string {
  const why = reason === undefined ? '' : `: ${escapeText(reason)}`;
  return `Mode **${mode}** on ${code(remote)}${why}`;
}

function counts(outcomes: readonly Outcome[]): string {
  const byStatus = new Map<string, number>();
  for (const { status } of outcomes) byStatus.set(status, (byStatus.get(status) ?? 0) + 1);
  return [...byStatus].map(([status, count]) => `${count} ${status}`).join(', ');
}

function transfer(report: StepReport): string {
  const phases = [...report.seconds]
    .map(([phase, seconds]) => `${PHASE_NAMES[phase]} ${formatSeconds(seconds)}`)
    .join(', ');
  return `Sent ${formatBytes(report.bytesUploaded)}, received ${formatBytes(report.bytesDownloaded)}. Time: ${phases}.`;
}

/** What was expected of each mode before it was chosen, beside what it took. */
function predictionsTable({ mode, predictions, ...report }: StepReport): string {
  if (predictions.length < 2) return '';
  const built = report.seconds.get('build') ?? 0;
  const rows = predictions.map((each) => [
    each.mode === mode ? `**${each.mode}**` : each.mode,
    formatSeconds(each.seconds.expected),
    formatBytes(each.bytesUp.expected),
    formatBytes(each.bytesDown.expected),
  ]);
  const took = [
    'took, with the builds',
    formatSeconds(built + (report.seconds.get('copy-back') ?? 0)),
    formatBytes(report.bytesUploaded),
    formatBytes(report.bytesDownloaded),
  ];
  return [
    line(['expected', 'time without what any mode builds', 'sent', 'received']),
    '|-|-:|-:|-:|',
    ...[...rows, took].map(line),
  ].join('\n');
}

/** A column of the table: its head, how it is aligned, and what it holds of an attribute. */
interface Column {
  readonly head: string;
  readonly alignment: '-' | '-:';
  readonly cell: (outcome: Outcome) => string;
}

const STATUS: readonly Column[] = [
  { head: '', alignment: '-', cell: ({ status }) => (isGood(status) ? '✅' : '❌') },
  { head: 'attribute', alignment: '-', cell: ({ attribute }) => code(attribute) },
  { head: 'status', alignment: '-', cell: ({ status }) => status },
  { head: 'system', alignment: '-', cell: ({ system = '' }) => system },
];

/** Where several machines build; a single one is named above the table. */
const MACHINE: Column = {
  head: 'machine',
  alignment: '-',
  cell: ({ remote }) => (remote === undefined ? '' : code(remote)),
};

const REST: readonly Column[] = [
  {
    head: 'time',
    alignment: '-:',
    cell: ({ seconds }) => (seconds === undefined ? '' : formatSeconds(seconds)),
  },
  { head: 'copied', alignment: '-', cell: ({ copied }) => (copied ? 'yes' : '') },
];

function table({ mode, outcomes }: StepReport): string {
  if (outcomes.length === 0) return '';
  const columns = [
    ...STATUS,
    ...(mode === 'builders' || areSeveral(outcomes) ? [MACHINE] : []),
    ...REST,
  ];
  const rank = (outcome: Outcome): number => (isGood(outcome.status) ? 1 : 0);
  const sorted = [...outcomes].sort((a, b) => rank(a) - rank(b));
  const rows = sorted.slice(0, MAX_ROWS);
  const left = sorted.length - rows.length;
  return [
    line(columns.map(({ head }) => head)),
    `|${columns.map(({ alignment }) => alignment).join('|')}|`,
    ...rows.map((outcome) => line(columns.map(({ cell }) => cell(outcome)))),
    ...(left > 0 ? ['', `${left} more are in \`results-file\`.`] : []),
  ].join('\n');
}

function areSeveral(outcomes: readonly Outcome[]): boolean {
  return new Set(outcomes.flatMap(({ remote }) => remote ?? [])).size > 1;
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** One section for all that failed alike: a lost connection or a cancelled build says the same of hundreds. */
function failureSections(failed: readonly Outcome[]): readonly string[] {
  const alike = Map.groupBy(failed, ({ status, error }) =>
    JSON.stringify([status, error?.message, error?.hint]),
  );
  const sections: string[] = [];
  let bytes = 0;
  for (const group of alike.values()) {
    const section = failureSection(group);
    bytes += Buffer.byteLength(section);
    if (bytes > MAX_SECTION_BYTES) break;
    sections.push(section);
  }
  const left = alike.size - sections.length;
  return left === 0 ? sections : [...sections, `${left} more errors are in \`results-file\`.`];
}

function failureSection(alike: readonly Outcome[]): string {
  const status = alike[0]?.status ?? '';
  const { message = status, hint } = alike[0]?.error ?? {};
  const names = alike.slice(0, MAX_NAMED).map(({ attribute }) => code(attribute));
  const more = alike.length > MAX_NAMED ? ` and ${alike.length - MAX_NAMED} more` : '';
  const shown = message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)}…` : message;
  return [
    `### ${names.join(', ')}${more}: ${status}`,
    `<pre>${escapeText(shown)}</pre>`,
    ...(hint === undefined ? [] : [escapeText(hint)]),
  ].join('\n\n');
}
