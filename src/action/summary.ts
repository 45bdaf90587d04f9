import type { StepReport } from '../build/step-request.ts';
import { differenceSections } from './differences.ts';
import { pushSection } from './pushes.ts';
import { errorText, failuresByCause } from './failures.ts';
import { warningBox } from './markdown.ts';
import { attributesTable } from './summary/attributes.ts';
import { failureSections } from './summary/failures.ts';
import { overview } from './summary/overview.ts';
import { timeline } from './summary/timeline.ts';

/** Boxes for what went wrong after good builds; copies fail alike, so there are few. */
const MAX_PROBLEMS = 20;

/** The job summary as GitHub Markdown: verdict first, failures before successes. Below GitHub's 1 MiB, whatever the report holds. */
export function renderSummary(report: StepReport): string {
  const failed = failuresByCause(report.outcomes);
  return [
    overview(report, failed.length),
    ...report.problems.slice(0, MAX_PROBLEMS).map((problem) => warningBox(errorText(problem))),
    ...failureSections(report, failed),
    ...differenceSections(report.outcomes),
    pushSection(report.pushes),
    attributesTable(report),
    timeline(report.history),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}
