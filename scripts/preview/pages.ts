import { renderSummary } from '../../src/action/summary.ts';
import { renderEarlyFailure } from '../../src/action/summary/early.ts';
import { ALL_GREEN, EVALUATION_ERROR, MIXED, NO_CREDENTIALS, THOUSAND } from './reports.ts';

/** Job summaries by name, as Markdown. */
export const PAGES: ReadonlyMap<string, string> = new Map([
  ['all-green', renderSummary(ALL_GREEN)],
  ['mixed-failures', renderSummary(MIXED)],
  ['thousand-attributes', renderSummary(THOUSAND)],
  ['evaluation-error', renderSummary(EVALUATION_ERROR)],
  [
    'no-credentials',
    renderEarlyFailure({ error: NO_CREDENTIALS, task: 'build', installables: ['.#checks'] }),
  ],
]);
