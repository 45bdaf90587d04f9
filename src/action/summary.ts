import type { StepReport } from '../build/step-request.ts';
import { differenceSections } from './differences.ts';
import { pushSection } from './pushes.ts';
import { failuresByCause } from './failures.ts';
import { attributesTable } from './summary/attributes.ts';
import { failureSections } from './summary/failures.ts';
import { page } from './summary/fitting.ts';
import { overview } from './summary/overview.ts';
import { problemBoxes } from './summary/problems.ts';
import { timeline } from './summary/timeline.ts';

/** The job summary as GitHub Markdown: verdict first, failures before successes. Below GitHub's 1 MiB, whatever the report holds. */
export function renderSummary(report: StepReport): string {
  const failed = failuresByCause(report.outcomes);
  const sections = [
    overview(report, failed.length),
    ...problemBoxes(report.problems),
    ...failureSections(report, failed),
    ...differenceSections(report.outcomes),
    pushSection(report.pushes),
    attributesTable(report),
    timeline(report.history),
  ];
  return page(sections.filter((section) => section !== ''));
}
