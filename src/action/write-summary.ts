import * as core from '@actions/core';
import { toError } from '../domain/errors.ts';

/** Adds to the job summary. A summary that cannot be written never fails a build. */
export async function writeSummary(markdown: string): Promise<void> {
  try {
    await core.summary.addRaw(markdown).write();
  } catch (error) {
    core.warning(`The job summary could not be written: ${toError(error).message}`);
  }
}
