import { expect, test } from 'vitest';
import { readInputs, type Inputs } from '../../src/action/inputs.ts';
import { isCopied } from '../../src/build/copy-selection.ts';
import { ActionError } from '../../src/domain/errors.ts';

const KEY =
  'builder.example.org ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIN8zu2y6Yq2b5m2yqYc0Zs1nM3O0hXJpQm5o5o1Xn1aB';

const GOOD = {
  installables: '.#checks',
  store: 'ssh-ng://ci@builder.example.org',
  'known-hosts': KEY,
};

function read(given: Readonly<Record<string, string>>): Inputs {
  const inputs: Readonly<Record<string, string>> = { ...GOOD, ...given };
  return readInputs((name) => inputs[name] ?? '', '/workspace');
}

function refusal(given: Readonly<Record<string, string>>): string {
  try {
    read(given);
  } catch (error) {
    if (error instanceof ActionError)
      return [error.message, error.hint].filter(Boolean).join(' | ');
    throw error;
  }
  throw new Error('the inputs were accepted');
}

test('what is not given is left to the remote', () => {
  const { request, writeSummary } = read({});
  expect(request.options).toEqual({
    keepGoing: undefined,
    maxJobs: undefined,
    cores: undefined,
    timeout: undefined,
    maxSilentTime: undefined,
    settings: new Map(),
  });
  expect(request.copy).toEqual({ kind: 'none' });
  expect(request.copyInputs).toBe('auto');
  expect(request.workingDirectory).toBe('/workspace');
  expect(writeSummary).toBe(true);
});

test('eval-args are options with their values, one per line, quotes kept together', () => {
  const { request } = read({
    'eval-args': '--override-input nixpkgs path:./nixpkgs\n--argstr greeting "hello world"',
  });
  expect(request.evalArgs).toEqual([
    '--override-input',
    'nixpkgs',
    'path:./nixpkgs',
    '--argstr',
    'greeting',
    'hello world',
  ]);
});

test('copy-outputs takes globs of attribute names', () => {
  const { copy } = read({ 'copy-outputs': 'checks.*.fmt\n*.docs' }).request;
  expect(isCopied(copy, 'checks.x86_64-linux.fmt')).toBe(true);
  expect(isCopied(copy, 'packages.x86_64-linux.docs')).toBe(true);
  expect(isCopied(copy, 'packages.x86_64-linux.fmt')).toBe(false);
});

test.each<[string, Readonly<Record<string, string>>, string]>([
  [
    'keep-going',
    { 'keep-going': 'yes' },
    "Input 'keep-going': 'yes' is not valid | Allowed: true, false.",
  ],
  [
    'copy-inputs',
    { 'copy-inputs': 'always' },
    "Input 'copy-inputs': 'always' is not valid | Allowed: auto, never.",
  ],
  [
    'timeout',
    { timeout: '1h' },
    "Input 'timeout': '1h' is not valid | Allowed: a whole number of seconds, 0 or more.",
  ],
  [
    'build-options',
    { 'build-options': 'cores: 4' },
    "Input 'build-options': line 'cores: 4' is not valid | Write one `name = value` per line.",
  ],
  [
    'file and expr',
    { file: 'a.nix', expr: '1', installables: 'a' },
    "Input 'expr': is given together with file | Give one of file and expr.",
  ],
  [
    'installables',
    { installables: '' },
    "Input 'installables': is empty | Write one per line, for example `.#checks`.",
  ],
])('refuses a wrong %s by name, with what is allowed', (_, given, expected) => {
  expect(refusal(given)).toBe(expected);
});

test('every wrong input is told at once', () => {
  const text = refusal({ 'keep-going': 'maybe', cores: 'all', store: 'ssh://ci@host' });
  expect(text).toMatch(/^3 inputs are wrong: /);
  for (const name of ['keep-going', 'cores', 'store']) expect(text).toContain(`Input '${name}'`);
});
