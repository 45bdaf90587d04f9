import type { BuildHistory, BuildRecord } from '../../build/build-record.ts';
import { derivationName } from '../derivation-name.ts';
import { formatSeconds } from '../format.ts';
import { code } from '../markdown.ts';

/** Bars of the chart: those that took longest. */
const MAX_BARS = 20;

/** Of them for the critical path; the rest of it is too short to matter. */
const MAX_CRITICAL = 10;

/** Seconds that the longest build takes at least for a chart to tell anything. */
const WORTHWHILE = 1;

/** Derivations of the critical path that are named. */
const MAX_NAMED = 8;

type Ended = BuildRecord & { readonly seconds: number };

/** What took longest, and what the build as a whole waited for: as a chart that GitHub draws. Empty where nothing took long. */
export function timeline({ builds, criticalPath }: BuildHistory): string {
  const ended = builds.filter((build): build is Ended => build.seconds !== undefined);
  const critical = new Set(criticalPath);
  const bars = longest(ended, critical);
  if (bars.length < 2 || !bars.some(({ seconds }) => seconds >= WORTHWHILE)) return '';
  const origin = Math.min(...bars.map(({ startedAt }) => startedAt));
  const left = ended.length - bars.length;
  return [
    '### What took longest',
    pathLine(ended.filter(({ drvPath }) => critical.has(drvPath))),
    [
      '```mermaid',
      'gantt',
      '  dateFormat YYYY-MM-DD HH:mm:ss.SSS',
      '  axisFormat %H:%M:%S',
      ...bars.map((bar, index) => `  ${task(bar, index, origin, critical.has(bar.drvPath))}`),
      '```',
    ].join('\n'),
    ...(left > 0 ? [`${left} more builds are not shown.`] : []),
  ].join('\n\n');
}

/** In the order in which they began. */
function longest(ended: readonly Ended[], critical: ReadonlySet<string>): readonly Ended[] {
  const bySeconds = ended.toSorted((one, other) => other.seconds - one.seconds);
  const chosen = new Set(
    bySeconds.filter(({ drvPath }) => critical.has(drvPath)).slice(0, MAX_CRITICAL),
  );
  for (const build of bySeconds) {
    if (chosen.size >= MAX_BARS) break;
    chosen.add(build);
  }
  return [...chosen].sort((one, other) => one.startedAt - other.startedAt);
}

function pathLine(path: readonly Ended[]): string {
  const names = path.slice(0, MAX_NAMED).map(({ drvPath }) => code(derivationName(drvPath)));
  const more = path.length > MAX_NAMED ? ` → ${path.length - MAX_NAMED} more` : '';
  const total = path.reduce((sum, { seconds }) => sum + seconds, 0);
  return `Critical path (red), ${formatSeconds(total)}: ${names.join(' → ')}${more}.`;
}

/** `name · 41 s :crit, b3, 2000-01-01 00:00:41.000, 41000ms`. */
function task(
  { drvPath, startedAt, seconds, verdict }: Ended,
  index: number,
  origin: number,
  isCritical: boolean,
): string {
  const mark = verdict === 'failed' ? '❌ ' : '';
  const label = `${mark}${plainLabel(derivationName(drvPath))} · ${formatSeconds(seconds)}`;
  const kind = isCritical ? 'crit' : 'done';
  // Without a time zone it is read and shown in the reader's own, and so shows the same everywhere.
  const start = new Date(Date.UTC(2000, 0, 1) + Math.round((startedAt - origin) * 1000))
    .toISOString()
    .replace('T', ' ')
    .replace('Z', '');
  return `${label} :${kind}, b${index}, ${start}, ${Math.max(1, Math.round(seconds * 1000))}ms`;
}

/**
 * A store path's name has none of the characters that mean something to Mermaid's grammar; but a line that begins with one of its words,
 * or with a date, would be read as that.
 */
function plainLabel(name: string): string {
  const text = name.replaceAll(/[^0-9a-zA-Z+\-._?=]/g, '_').slice(0, 60);
  return `‹${text}›`;
}
