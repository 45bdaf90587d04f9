import * as core from '@actions/core';
import path from 'node:path';
import type { StepReport } from '../build/step-request.ts';
import { hashMismatchIn } from '../domain/nix-hash.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Position } from '../domain/position.ts';
import type { Checkout } from '../nix/checkout.ts';
import { errorText, failuresByCause, isUncopied } from './failures.ts';

/** GitHub shows ten error annotations of a step; the last is the step's own failure. */
const MAX_ANNOTATIONS = 9;

/**
 * One annotation for each reason of failures, as many as GitHub shows, causes before consequences; on the line that has to be changed where
 * that is in the checkout.
 * @param workspace what GitHub's file names are relative to
 */
export async function annotateFailures(
  report: StepReport,
  checkout: Checkout,
  workspace: string,
): Promise<void> {
  const failures = [
    ...failuresByCause(report.outcomes).filter(isCause),
    ...report.outcomes.filter(isUncopied),
  ];
  const byText = Map.groupBy(failures, ({ error, status }) => (error ? errorText(error) : status));
  for (const [text, outcomes] of [...byText].slice(0, MAX_ANNOTATIONS)) {
    const place = await placeOf(outcomes, checkout);
    core.error(text, {
      title: titleOf(outcomes),
      ...(place ? propertiesOf(place, workspace) : {}),
    });
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

/** The wrong hash, or what Nix was at, or where the attribute is defined. */
async function placeOf(
  outcomes: readonly Outcome[],
  checkout: Checkout,
): Promise<Position | undefined> {
  for (const { error, positions } of outcomes) {
    const mismatch = hashMismatchIn(error?.message ?? '');
    const written = mismatch && (await checkout.hashPlace(mismatch.specified));
    if (written) return written;
    for (const position of positions) {
      const place = await checkout.place(position);
      if (place) return place;
    }
  }
  return undefined;
}

function propertiesOf(
  { file, line, column }: Position,
  workspace: string,
): core.AnnotationProperties {
  return {
    file: path.relative(workspace, file),
    startLine: line,
    ...(column === 0 ? {} : { startColumn: column }),
  };
}

/** A cancelled attribute is a consequence of another's failure. */
function isCause(outcome: Outcome): boolean {
  return outcome.status !== 'cancelled';
}
