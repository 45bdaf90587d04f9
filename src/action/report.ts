import * as core from '@actions/core';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { StepReport } from '../build/step-request.ts';
import { ActionError } from '../domain/errors.ts';
import { isGood, type Outcome } from '../domain/outcome.ts';
import { errorText, failuresByCause } from './failures.ts';
import { plural } from './format.ts';
import { existingOutputs, failedAttributes, resultsOutput, toResultEntry } from './results.ts';

/** GitHub shows ten error annotations of a step; the last is the step's own failure. */
const MAX_ANNOTATIONS = 9;

/** Writes every output of action.yml. */
export async function setOutputs(report: StepReport, directory: string): Promise<void> {
  const entries = report.outcomes.map(toResultEntry);
  const resultsFile = path.join(directory, 'results.json');
  await writeFile(resultsFile, `${JSON.stringify(entries, null, 2)}\n`);
  core.setOutput('mode', report.mode);
  core.setOutput('results', resultsOutput(entries));
  core.setOutput('results-file', resultsFile);
  core.setOutput('out-paths', existingOutputs(report.outcomes));
  core.setOutput('failed', failedAttributes(report.outcomes));
  core.setOutput('bytes-uploaded', report.bytesUploaded);
  core.setOutput('bytes-downloaded', report.bytesDownloaded);
}

/** One annotation for each reason of failures, as many as GitHub shows: causes before consequences. */
export function annotateFailures(report: StepReport): void {
  const failures = [
    ...failuresByCause(report.outcomes).filter(isCause),
    ...report.outcomes.filter(isUncopied),
  ];
  const byText = Map.groupBy(failures, ({ error, status }) => (error ? errorText(error) : status));
  for (const [text, outcomes] of [...byText].slice(0, MAX_ANNOTATIONS)) {
    core.error(text, { title: titleOf(outcomes) });
  }
}

/** What failed for one and the same reason. */
function titleOf(outcomes: readonly Outcome[]): string {
  const [first, ...others] = outcomes;
  if (!first) return '';
  const what = isUncopied(first) ? `${first.status}, not copied` : first.status;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return `${first.attribute}${more}: ${what}`;
}

/**
 * How the step ended as a whole.
 * @returns undefined if everything that was asked for is there
 */
export function failureOf(report: StepReport): ActionError | undefined {
  const failed = failuresByCause(report.outcomes);
  const [first] = failed;
  if (first) {
    const names = `${failed.length} of ${plural(report.outcomes.length, 'attribute')} failed`;
    return new ActionError(
      first.error?.code ?? 'build-failed',
      `${names}: ${first.attribute} (${first.status}): ${first.error?.message ?? ''}`,
      { hint: first.error?.hint },
    );
  }
  return copyFailure(report) ?? report.problems[0];
}

function copyFailure({ outcomes }: StepReport): ActionError | undefined {
  const uncopied = outcomes.filter(isUncopied);
  const [first] = uncopied;
  if (!first?.error) return undefined;
  const many = `${uncopied.length} of ${plural(outcomes.length, 'attribute')} could not be copied back`;
  return new ActionError(first.error.code, `${many}: ${first.attribute}: ${first.error.message}`, {
    hint: first.error.hint,
  });
}

/** Built, but not where it was wanted. */
function isUncopied({ status, error }: Outcome): boolean {
  return isGood(status) && error !== undefined;
}

/** A cancelled attribute is a consequence of another's failure. */
function isCause(outcome: Outcome): boolean {
  return outcome.status !== 'cancelled';
}
