import type { BuildRecord } from '../../build/build-record.ts';
import type { StepReport } from '../../build/step-request.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { DrvPath } from '../../domain/store-path.ts';
import { derivationName } from '../derivation-name.ts';
import { formatSeconds } from '../format.ts';
import { code, cut, escapeText, folded, preformatted } from '../markdown.ts';
import { commandsFor } from './commands.ts';

/** Bytes of all that is said about failures: GitHub shows nothing of a summary beyond 1 MiB. */
const MAX_BYTES = 300_000;

/** Characters of one error's message. */
const MAX_MESSAGE = 10_000;

/** Attributes that failed alike and are named; the others are counted. */
const MAX_NAMED = 5;

/** Logs that are shown open. */
const MAX_OPEN = 3;

/** One section for all that failed alike: a lost connection, a dependency or a cancelled build says the same of hundreds. */
export function failureSections(report: StepReport, failed: readonly Outcome[]): readonly string[] {
  const alike = Map.groupBy(failed, (outcome) => likeness(report, outcome));
  const sections: string[] = [];
  let bytes = 0;
  const told = new Set<DrvPath>();
  for (const group of alike.values()) {
    const section = failureSection(report, group, told);
    bytes += Buffer.byteLength(section);
    if (bytes > MAX_BYTES) break;
    sections.push(section);
  }
  const left = alike.size - sections.length;
  return left === 0 ? sections : [...sections, `${left} more errors are in \`results-file\`.`];
}

/** What failed because the same derivation did failed alike, whatever Nix's words. */
function likeness(report: StepReport, { status, error, drvPath }: Outcome): string {
  const cause = drvPath && report.history.causes.get(drvPath);
  return JSON.stringify(cause ? [status, cause] : [status, error?.message, error?.hint]);
}

function failureSection(report: StepReport, alike: readonly Outcome[], told: Set<DrvPath>): string {
  const [first] = alike;
  if (!first) return '';
  const names = alike.slice(0, MAX_NAMED).map(({ attribute }) => code(attribute));
  const more = alike.length > MAX_NAMED ? ` and ${alike.length - MAX_NAMED} more` : '';
  const { message = first.status, hint } = first.error ?? {};
  const drvPath = culprit(report, first);
  const record = report.history.builds.find((build) => build.drvPath === drvPath);
  const rest = [
    ...(hint === undefined ? [] : [`**What to do:** ${escapeText(hint)}`]),
    ...(drvPath ? [about(drvPath, record, message)] : []),
    ...lastWords(record, told),
    ...commandsFor(report, first, drvPath),
  ];
  return [
    `### ${names.join(', ')}${more}: ${first.status}`,
    preformatted(cut(message, MAX_MESSAGE)),
    ...rest,
  ].join('\n\n');
}

/** The derivation that failed: the attribute's own, or the one it needs. */
function culprit({ history }: StepReport, { drvPath, status }: Outcome): DrvPath | undefined {
  if (drvPath === undefined || status === 'cancelled') return undefined;
  return status === 'dependency-failed' ? history.causes.get(drvPath) : drvPath;
}

/** How far it came, and how it ended. */
function about(drvPath: DrvPath, record: BuildRecord | undefined, message: string): string {
  const end = /exit code \d+|signal \d+/.exec(message)?.[0];
  const facts = [
    ...(record?.phase === undefined ? [] : [`in phase ${code(record.phase)}`]),
    ...(end === undefined ? [] : [`with ${end}`]),
    ...(record?.seconds === undefined ? [] : [`after ${formatSeconds(record.seconds)}`]),
    ...(record?.builder === undefined ? [] : [`on ${code(record.builder)}`]),
  ];
  const how = facts.length === 0 ? '' : `, ended ${facts.join(', ')}`;
  return `Derivation ${code(drvPath, 300)}${how}.`;
}

/** Once for each derivation; the first few open. */
function lastWords(record: BuildRecord | undefined, told: Set<DrvPath>): readonly string[] {
  if (!record || record.lastLines.length === 0 || told.has(record.drvPath)) return [];
  told.add(record.drvPath);
  const text = preformatted(record.lastLines.join('\n'));
  const title = `The end of the log of ${code(derivationName(record.drvPath))}`;
  return told.size <= MAX_OPEN ? [`${title}:`, text] : [folded(title, text)];
}
