import type { StepReport } from '../../build/step-request.ts';
import { isGood, type Outcome } from '../../domain/outcome.ts';
import type { StorePath } from '../../domain/store-path.ts';
import { formatBytes, formatSeconds, plural } from '../format.ts';
import { code, escapeText, folded, row } from '../markdown.ts';

/** Rows of the table, and their bytes: GitHub shows nothing of a summary beyond 1 MiB. */
const MAX_ROWS = 1000;
const MAX_BYTES = 450_000;

/** What is good is folded away where there is more of it. */
const MAX_OPEN = 30;

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
  { head: 'system', alignment: '-', cell: ({ system = '' }) => escapeText(system) },
];

/** Where several machines build; a single one is named above the table. */
const MACHINE: Column = {
  head: 'machine',
  alignment: '-',
  cell: ({ remote }) => (remote === undefined ? '' : code(remote)),
};

const TIME: Column = {
  head: 'time',
  alignment: '-:',
  cell: ({ seconds }) => (seconds === undefined ? '' : formatSeconds(seconds)),
};

const COPIED: Column = {
  head: 'copied',
  alignment: '-',
  cell: ({ copied }) => (copied ? 'yes' : ''),
};

/** Every attribute, failures first; as many as there is room for. */
export function attributesTable({ mode, outcomes, history }: StepReport): string {
  if (outcomes.length === 0) return '';
  const columns = [
    ...STATUS,
    ...(mode === 'builders' || areSeveral(outcomes) ? [MACHINE] : []),
    TIME,
    ...(outcomes.some(hasSize(history.sizes)) ? [sizeColumn(history.sizes)] : []),
    COPIED,
  ];
  const bad = outcomes.filter(({ status }) => !isGood(status));
  const good = outcomes.filter(({ status }) => isGood(status));
  const { rows, left } = fitting([...bad, ...good], columns);
  const rest = left > 0 ? [`${left} more are in \`results-file\`.`] : [];
  if (outcomes.length <= MAX_OPEN) return [tableOf(columns, rows), ...rest].join('\n\n');
  const open = rows.slice(0, bad.length);
  const closed = rows.slice(bad.length);
  const title = `${plural(good.length, 'attribute')} built or there already`;
  return [
    ...(open.length > 0 ? [tableOf(columns, open)] : []),
    ...(closed.length > 0 ? [folded(title, tableOf(columns, closed))] : []),
    ...rest,
  ].join('\n\n');
}

function fitting(
  outcomes: readonly Outcome[],
  columns: readonly Column[],
): { readonly rows: readonly string[]; readonly left: number } {
  const rows: string[] = [];
  let bytes = 0;
  for (const outcome of outcomes.slice(0, MAX_ROWS)) {
    const text = row(columns.map(({ cell }) => cell(outcome)));
    bytes += Buffer.byteLength(text) + 1;
    if (bytes > MAX_BYTES) break;
    rows.push(text);
  }
  return { rows, left: outcomes.length - rows.length };
}

function tableOf(columns: readonly Column[], rows: readonly string[]): string {
  return [
    row(columns.map(({ head }) => head)),
    `|${columns.map(({ alignment }) => alignment).join('|')}|`,
    ...rows,
  ].join('\n');
}

type Sizes = ReadonlyMap<StorePath, number>;

function hasSize(sizes: Sizes): (outcome: Outcome) => boolean {
  return ({ outputs }) => [...outputs.values()].some((path) => sizes.has(path));
}

/** Of the outputs themselves, not of what they refer to. */
function sizeColumn(sizes: Sizes): Column {
  const cell = (outcome: Outcome): string => {
    if (!isGood(outcome.status) || !hasSize(sizes)(outcome)) return '';
    const known = [...outcome.outputs.values()].map((path) => sizes.get(path) ?? 0);
    return formatBytes(known.reduce((sum, bytes) => sum + bytes, 0));
  };
  return { head: 'output', alignment: '-:', cell };
}

function areSeveral(outcomes: readonly Outcome[]): boolean {
  return new Set(outcomes.flatMap(({ remote }) => remote ?? [])).size > 1;
}
