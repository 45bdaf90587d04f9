import type { Result } from './result.ts';
import type { Target } from './case.ts';

/** All figures of a case, for a terminal. */
export function textTable(result: Result): string {
  const { name, work, ours, stock, limit, ratio, overLimit, roundTrips, details, targets } = result;
  const figures = { stock, ours, ratio, limit, overLimit, roundTrips, ...details };
  const rows = Object.entries(figures).map(
    ([figure, value]) =>
      `  ${figure.padEnd(24)} ${value === null ? '–' : short(value).padStart(8)}`,
  );
  return [`${name}: ${work}`, ...rows, ...targets.map((target) => `  ${targetText(target)}`)].join(
    '\n',
  );
}

/** What the README shows of each case. */
export function readmeTable(results: readonly Result[]): string {
  const rows = results.map(
    ({ work, stock, ours, ratio }) =>
      `| ${work} | ${time(stock)} | ${time(ours)} | ${times(ratio)} |`,
  );
  return ['| work | stock | this action | ratio |', '|-|-:|-:|-:|', ...rows].join('\n');
}

/** Every figure of every case. */
export function figuresTable(results: readonly Result[]): string {
  const rows = results.map((result) => {
    const { name, stock, ours, ratio, details, limit, overLimit, roundTrips } = result;
    const connected = details['ratioConnected'];
    const cells = [
      `\`${name}\``,
      time(stock),
      time(ours),
      times(ratio),
      connected === undefined ? '' : times(connected),
      time(limit),
      times(overLimit),
      roundTrips === null ? '' : roundTrips.toFixed(1),
      details['roundTripsConnected']?.toFixed(1) ?? '',
      details['stockRoundTrips']?.toFixed(0) ?? '',
      details['peakMemoryMB'] === undefined ? '' : `${details['peakMemoryMB'].toFixed(0)} MB`,
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    '| case | stock | ours | ratio | ratio, connected | limit | ours / limit | round trips | … connected | … stock | our memory |',
    `|-|${'-:|'.repeat(10)}`,
    ...rows,
  ].join('\n');
}

export function targetText({ figure, value, bound, wanted, met }: Target): string {
  return `${met ? 'met' : 'MISSED'}: ${figure} ${bound} ${short(wanted)} (${short(value)})`;
}

function short(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function time(value: number): string {
  return value >= 10 ? `${value.toFixed(1)} s` : `${value.toFixed(2)} s`;
}

function times(ratio: number): string {
  return `${ratio >= 10 ? ratio.toFixed(0) : ratio.toFixed(1)}×`;
}
