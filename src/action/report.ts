import * as core from '@actions/core';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { StepReport } from '../build/step-request.ts';
import { ActionError } from '../domain/errors.ts';
import { isGood, type Outcome } from '../domain/outcome.ts';
import { plural } from './format.ts';
import { existingOutputs, failedAttributes, resultsOutput, toResultEntry } from './results.ts';

/** GitHub shows at most ten error annotations of a step. */
const MAX_ANNOTATIONS = 10;

/** Writes every output of action.yml. */
export async function setOutputs(report: StepReport, directory: string): Promise<void> {
  const entries = report.outcomes.map(toResultEntry);
  const resultsFile = path.join(directory, 'results.json');
  await writeFile(resultsFile, `${JSON.stringify(entries, null, 2)}\n`);
  core.setOutput('results', resultsOutput(entries));
  core.setOutput('results-file', resultsFile);
  core.setOutput('out-paths', existingOutputs(report.outcomes));
  core.setOutput('failed', failedAttributes(report.outcomes));
  core.setOutput('bytes-uploaded', report.bytesUploaded);
  core.setOutput('bytes-downloaded', report.bytesDownloaded);
}

/** One annotation for each failure, as many as GitHub shows. */
export function annotateFailures(report: StepReport): void {
  const failures = report.outcomes.filter(
    (outcome) => isUncopied(outcome) || (!isGood(outcome.status) && isCause(outcome)),
  );
  for (const outcome of failures.slice(0, MAX_ANNOTATIONS - 1)) {
    const { error } = outcome;
    const text = [error?.message ?? outcome.status, error?.hint].filter(Boolean).join('. ');
    const what = isUncopied(outcome) ? `${outcome.status}, not copied` : outcome.status;
    core.error(text, { title: `${outcome.attribute}: ${what}` });
  }
}

/**
 * How the step ended as a whole.
 * @returns undefined if everything that was asked for is there
 */
export function failureOf(report: StepReport): ActionError | undefined {
  const failed = report.outcomes.filter((outcome) => !isGood(outcome.status));
  if (failed.length > 0) {
    const causes = failed.filter(isCause);
    const first = causes[0] ?? failed[0];
    const names = `${failed.length} of ${plural(report.outcomes.length, 'attribute')} failed`;
    return new ActionError(
      first?.error?.code ?? 'build-failed',
      `${names}: ${first?.attribute ?? ''} (${first?.status ?? ''}): ${first?.error?.message ?? ''}`,
      { hint: first?.error?.hint },
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
