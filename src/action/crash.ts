import * as core from '@actions/core';
import { ActionError, toError } from '../domain/errors.ts';
import { errorText } from './failures.ts';

/** Fails the step with one line that says what is wrong and what to do; the stack goes to the debug log. */
export function reportFailure(thrown: unknown): void {
  const error = toError(thrown);
  core.setFailed(describe(error));
  for (const line of causes(error)) core.debug(line);
}

/** Whatever nobody caught fails the step: no throw passes as success. */
export function failOnCrash(): void {
  const crash = (thrown: unknown): never => {
    reportFailure(thrown);
    process.exit(1);
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
}

/** In post, trouble is only told of: the job's result is no longer ours. */
export function warnOnCrash(): void {
  const warn = (thrown: unknown): never => {
    core.warning(`Cleaning up did not finish: ${describe(toError(thrown))}`);
    process.exit(0);
  };
  process.on('uncaughtException', warn);
  process.on('unhandledRejection', warn);
}

/** Milliseconds for what ends by itself once all is done: sockets that say farewell, children whose pipes were closed. */
const LAST_GRACE = 5000;

/** All is done: a handle that somebody forgot cannot keep the job from ending. */
export function exitSoon(): void {
  setTimeout(() => process.exit(), LAST_GRACE).unref();
}

function describe(error: Error): string {
  return error instanceof ActionError ? errorText(error) : error.message;
}

function causes(error: Error): readonly string[] {
  const lines = [error.stack ?? error.message];
  if (error.cause instanceof Error) lines.push(...causes(error.cause));
  return lines;
}
