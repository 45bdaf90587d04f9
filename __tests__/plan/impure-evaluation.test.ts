import { expect, test } from 'vitest';
import { ActionError } from '../../src/domain/errors.ts';
import type { EvaluationSource } from '../../src/nix/walk-root.ts';
import { refuseImpureEvaluation } from '../../src/plan/impure-evaluation.ts';

const FLAKE: EvaluationSource = { kind: 'flake' };

function refusal(
  evalArgs: readonly string[],
  { source = FLAKE, name = 'pull_request_target', hasCredentials = true, extraConfig = '' } = {},
): string | undefined {
  const event = { name, actor: 'person', pullRequest: undefined };
  try {
    refuseImpureEvaluation({ source, evalArgs, nixConf: { extraConfig } }, event, hasCredentials);
    return undefined;
  } catch (error) {
    if (error instanceof ActionError) return error.message;
    throw error;
  }
}

test.each([
  [['--impure'], '--impure'],
  [['--no-pure-eval'], '--no-pure-eval'],
  [['--option', 'pure-eval', 'false'], '--option'],
  [['--arg', 'x', '1', '--impure'], '--impure'],
])('%j is refused', (evalArgs, named) => {
  expect(refusal(evalArgs)).toBe(
    `Input 'eval-args' (${named}) evaluates impurely, which is refused next to credentials under pull_request_target`,
  );
  expect(refusal(evalArgs, { name: 'workflow_run' })).toMatch(/ under workflow_run$/);
});

test('a file is impure by itself, an expression is not', () => {
  const file: EvaluationSource = { kind: 'file', file: 'default.nix' };
  expect(refusal([], { source: file })).toMatch(/^Input 'file' evaluates impurely/);
  expect(refusal([], { source: { kind: 'expr', expr: '{ }' } })).toBeUndefined();
});

test('so is whatever nix.conf makes so', () => {
  expect(refusal([], { extraConfig: 'pure-eval = false' })).toMatch(
    /^Input 'extra-nix-config' \(pure-eval\) evaluates impurely/,
  );
  expect(refusal([], { extraConfig: 'cores = 2\npure-eval = true' })).toBeUndefined();
});

test.each<[string, Parameters<typeof refusal>]>([
  ['what is pure', [['--option', 'pure-eval', 'true', '--override-input', 'x', 'path:/x']]],
  ['where there are no credentials', [['--impure'], { hasCredentials: false }]],
  ['under a pull request', [['--impure'], { name: 'pull_request' }]],
  ['under a push', [['--impure'], { name: 'push' }]],
])('nothing is said of %s', (_, given) => {
  expect(refusal(...given)).toBeUndefined();
});
