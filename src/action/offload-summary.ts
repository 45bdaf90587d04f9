import type { OffloadedBuild } from '../build/offload-engine.ts';
import type { OffloadReport } from '../build/offload-report.ts';
import { isGood } from '../domain/outcome.ts';
import { derivationName } from './derivation-name.ts';
import { formatBytes, formatSeconds, plural } from './format.ts';
import { code, warningBox } from './markdown.ts';

const TITLES: Readonly<Record<OffloadReport['mode'], string>> = {
  'remote-store': 'offload socket',
  builders: 'remote builders',
};

/** The job summary's section on the offload socket, as GitHub Markdown: failures before successes. */
export function renderOffloadSummary(report: OffloadReport): string {
  return [
    `## Nix Remote Build: ${TITLES[report.mode]}`,
    `Builds of this job's later steps went to ${code(report.remote)}. ${counts(report)}`.trimEnd(),
    traffic(report),
    table(report),
    ...report.notices.map(warningBox),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

/** All that it did, as one line of the log. */
export function offloadLine(report: OffloadReport): string {
  return [`${TITLES[report.mode]}:`, counts(report), traffic(report)].filter(Boolean).join(' ');
}

/** A sentence; empty where it is not known. */
function counts(report: OffloadReport): string {
  if (report.mode === 'builders') return '';
  if (report.counts.size === 0) return 'Nothing had to be built.';
  return `${[...report.counts].map(([status, count]) => `${count} ${status}`).join(', ')}.`;
}

function traffic({ bytesSent, bytesReceived, reconnects, rawOperations }: OffloadReport): string {
  const again = reconnects === 0 ? '' : ` Connected again ${plural(reconnects, 'time')}.`;
  const raw = [...rawOperations.keys()].join(', ');
  const unknown = raw === '' ? '' : ` Passed on unread: operations ${raw}.`;
  return `Sent ${formatBytes(bytesSent)}, received ${formatBytes(bytesReceived)}.${again}${unknown}`;
}

function table({ builds, counts }: OffloadReport): string {
  if (builds.length === 0) return '';
  const left = [...counts.values()].reduce((sum, count) => sum + count, 0) - builds.length;
  return [
    '| | derivation | status | time |',
    '|-|-|-|-:|',
    ...builds.map(row),
    ...(left > 0 ? ['', `${left} more are not listed.`] : []),
  ].join('\n');
}

function row({ drvPath, status, seconds }: OffloadedBuild): string {
  const time = seconds === undefined ? '' : formatSeconds(seconds);
  return `| ${isGood(status) ? '✅' : '❌'} | ${code(derivationName(drvPath))} | ${status} | ${time} |`;
}
