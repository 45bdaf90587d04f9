import type { Phase } from '../../build/events.ts';
import type { StepReport } from '../../build/step-request.ts';
import type { Outcome } from '../../domain/outcome.ts';
import { formatBytes, formatSeconds, plural } from '../format.ts';
import { code, cut, escapeText, row } from '../markdown.ts';

/** Characters of why this mode was chosen. */
const MAX_REASON = 2000;

/** In the order in which they begin. */
const PHASE_NAMES: Readonly<Record<Phase, string>> = {
  connect: 'connect',
  evaluate: 'evaluate',
  upload: 'upload',
  build: 'build',
  rebuild: 'build again',
  push: 'push',
  'copy-back': 'copy back',
};

/** The first screen: verdict, mode and reason, counts, times, and what went over the link and what did not. */
export function overview(report: StepReport, failed: number): string {
  return [
    `## Nix Remote Build: ${verdict(report, failed)}`,
    `${place(report)}. ${counts(report.outcomes)}.`,
    transfer(report),
    phasesTable(report),
    predictionsTable(report),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function verdict(report: StepReport, failed: number): string {
  const total = plural(report.outcomes.length, 'attribute');
  if (failed > 0) return `❌ ${failed} of ${total} failed`;
  return report.problems.length > 0 ? `❌ ${total} built, but not finished` : `✅ ${total} built`;
}

/** Which mode, where, and why. */
function place({ mode, remote, reason }: StepReport): string {
  const why = reason === undefined ? '' : `: ${escapeText(cut(reason, MAX_REASON))}`;
  return `Mode **${mode}** on ${code(remote)}${why}`;
}

/** `40 built, 5 cached, 3 failed`. */
export function counts(outcomes: readonly Outcome[]): string {
  const byStatus = new Map<string, number>();
  for (const { status } of outcomes) byStatus.set(status, (byStatus.get(status) ?? 0) + 1);
  return [...byStatus].map(([status, count]) => `${count} ${status}`).join(', ');
}

/** Bytes over the runner's link, and what builds needed that took another way. */
function transfer({ bytesUploaded, bytesDownloaded, history }: StepReport): string {
  const passed = `Sent ${formatBytes(bytesUploaded)}, received ${formatBytes(bytesDownloaded)}.`;
  const { kept } = history;
  if (kept === undefined || kept.paths === 0) return passed;
  const what = `${plural(kept.paths, 'build input')}, ${formatBytes(kept.bytes)}`;
  return `${passed} **Did not pass through this runner: ${what}.**`;
}

/** Some overlap: connecting and evaluating, uploading and building, building and copying back. */
function phasesTable({ seconds, wallSeconds }: StepReport): string {
  const known = Object.entries(PHASE_NAMES).flatMap(([phase, name]) => {
    const took = [...seconds].find(([each]) => each === phase)?.[1];
    return took === undefined ? [] : [[name, formatSeconds(took)] as const];
  });
  const all = [...known, ['**whole step**', `**${formatSeconds(wallSeconds)}**`] as const];
  return [
    row(all.map(([name]) => name)),
    `|${all.map(() => '-:').join('|')}|`,
    row(all.map(([, took]) => took)),
  ].join('\n');
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
    row(['expected', 'time without what any mode builds', 'sent', 'received']),
    '|-|-:|-:|-:|',
    ...[...rows, took].map(row),
  ].join('\n');
}
