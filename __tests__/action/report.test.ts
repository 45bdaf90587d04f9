import { expect, test } from 'vitest';
import { errorText } from '../../src/action/failures.ts';
import { failureOf } from '../../src/action/report.ts';
import { NO_HISTORY } from '../../src/build/build-record.ts';
import { ActionError } from '../../src/domain/errors.ts';
import type { Outcome, OutcomeStatus } from '../../src/domain/outcome.ts';

function outcome(attribute: string, status: OutcomeStatus): Outcome {
  return {
    installable: '.#checks',
    attribute,
    system: 'x86_64-linux',
    drvPath: undefined,
    outputs: new Map(),
    status,
    remote: 'ssh-ng://ci@builder',
    seconds: undefined,
    copied: false,
    positions: [],
    error: status === 'built' ? undefined : new ActionError('build-failed', `${attribute} says`),
  };
}

const failure = (...outcomes: readonly Outcome[]): string | undefined =>
  failureOf({
    mode: 'remote-store',
    reason: undefined,
    predictions: [],
    remote: 'ssh-ng://ci@builder',
    outcomes,
    problems: [],
    pushes: [],
    bytesUploaded: 0,
    bytesDownloaded: 0,
    seconds: new Map(),
    wallSeconds: 3,
    source: { kind: 'flake' },
    history: NO_HISTORY,
  })?.message;

test('the step’s failure names a cause, not what it led to', () => {
  expect(
    failure(outcome('a', 'cancelled'), outcome('b', 'dependency-failed'), outcome('c', 'failed')),
  ).toBe('3 of 3 attributes failed: c (failed): c says');
  expect(failure(outcome('a', 'cancelled'), outcome('b', 'dependency-failed'))).toMatch(
    / b \(dependency-failed\)/,
  );
  expect(failure(outcome('a', 'built'))).toBeUndefined();
});

test('a hint follows its message as a sentence of its own', () => {
  expect(errorText({ message: 'it broke', hint: 'Mend it.' })).toBe('it broke. Mend it.');
  expect(errorText({ message: 'it broke.', hint: 'Mend it.' })).toBe('it broke. Mend it.');
  expect(errorText({ message: 'it broke', hint: undefined })).toBe('it broke');
});
