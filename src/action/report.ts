import * as core from '@actions/core';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { StepReport } from '../build/step-request.ts';
import { ActionError } from '../domain/errors.ts';
import { failuresByCause, isUncopied } from './failures.ts';
import { plural } from './format.ts';
import { boundedList, existingOutputs, failedAttributes, toResultEntry } from './results.ts';

/** What outputs tell of a step. */
export interface Told extends Pick<
  StepReport,
  'outcomes' | 'pushes' | 'bytesUploaded' | 'bytesDownloaded'
> {
  /** Undefined where it was never chosen. */
  readonly mode: StepReport['mode'] | undefined;
}

/** Writes every output of action.yml but `log-dir`, which is there from the beginning. */
export async function setOutputs(report: Told, directory: string): Promise<void> {
  const entries = report.outcomes.map((outcome) => toResultEntry(outcome, report.pushes));
  const resultsFile = path.join(directory, 'results.json');
  await writeFile(resultsFile, `${JSON.stringify(entries, null, 2)}\n`);
  core.setOutput('mode', report.mode ?? '');
  core.setOutput('results', boundedList(entries));
  core.setOutput('results-file', resultsFile);
  core.setOutput('out-paths', boundedList(existingOutputs(report.outcomes)));
  core.setOutput('failed', boundedList(failedAttributes(report.outcomes)));
  core.setOutput('bytes-uploaded', report.bytesUploaded);
  core.setOutput('bytes-downloaded', report.bytesDownloaded);
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
