import { expect, test } from 'vitest';
import { BUILD_STATUSES, type BuildStatus } from '../../src/domain/build-result.ts';
import { isGood, outcomeStatus, type OutcomeStatus } from '../../src/domain/outcome.ts';

/** Nix's `BuildResult::Status` by number, of all versions: 13 and 14 came after 2.8. */
const TABLE: readonly (readonly [BuildStatus, OutcomeStatus])[] = [
  ['built', 'built'],
  ['substituted', 'substituted'],
  ['already-valid', 'cached'],
  ['permanent-failure', 'failed'],
  ['input-rejected', 'failed'],
  ['output-rejected', 'failed'],
  ['transient-failure', 'failed'],
  ['cached-failure', 'failed'],
  ['timed-out', 'timed-out'],
  ['misc-failure', 'failed'],
  ['dependency-failed', 'dependency-failed'],
  ['log-limit-exceeded', 'failed'],
  ['not-deterministic', 'not-deterministic'],
  ['resolves-to-already-valid', 'cached'],
  ['no-substituters', 'failed'],
];

test('the table has every status, in wire order', () => {
  expect(TABLE.map(([status]) => status)).toEqual(BUILD_STATUSES);
});

test.each(TABLE)('%s → %s', (status, expected) => {
  expect(outcomeStatus(status, 'why')).toBe(expected);
});

test('a failure without a text is a goal that never ran (Nix before 2.34)', () => {
  expect(outcomeStatus('misc-failure', '')).toBe('cancelled');
});

test.each([
  "a 'aarch64-linux' with features {} is required to build '/nix/store/x', but I am a 'x86_64-linux' with features {kvm}",
  "Cannot build '/nix/store/x'.\nReason: required system or feature not available",
  "Cannot build '/nix/store/x'.\nReason: platform mismatch",
])('%s: no machine fits', (message) => {
  expect(outcomeStatus('misc-failure', message)).toBe('unsupported-system');
});

test('only what is there is good', () => {
  const good = TABLE.map(([, outcome]) => outcome).filter((outcome) => isGood(outcome));
  expect(new Set(good)).toEqual(new Set(['built', 'substituted', 'cached']));
});
