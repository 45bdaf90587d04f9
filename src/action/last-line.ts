import type { StepReport } from '../build/step-request.ts';
import { formatBytes, formatSeconds, plural } from './format.ts';
import { counts } from './summary/overview.ts';

/** All of a step in one line of its log: `48 attributes in 1 min 12 s: 40 built, 8 cached; sent 3.4 MB, received 5.0 MB`. */
export function lastLine({ outcomes, wallSeconds, ...report }: StepReport): string {
  const bytes = `sent ${formatBytes(report.bytesUploaded)}, received ${formatBytes(report.bytesDownloaded)}`;
  return `${plural(outcomes.length, 'attribute')} in ${formatSeconds(wallSeconds)}: ${counts(outcomes)}; ${bytes}`;
}
