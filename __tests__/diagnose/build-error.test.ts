import { expect, test } from 'vitest';
import { summarizeBuildError } from '../../src/diagnose/build-error.ts';

const DRV = '/nix/store/q2wc1pzx0lk0jpw9gvs4fkcp1fbrj6cv-broken.drv';

test.each([
  [
    '2.8',
    `builder for '\u001b[35;1m${DRV}\u001b[0m' failed with exit code 1;\n       last 2 log lines:\n       > compiling\n       > error: no\n       For full logs, run 'nix log ${DRV}'.`,
    `builder for '${DRV}' failed with exit code 1. Its log ends with: error: no`,
  ],
  [
    '2.34',
    `Cannot build '${DRV}'.\nReason: builder failed with exit code 1.\nOutput paths:\n  /nix/store/x\nLast 2 log lines:\n> compiling`,
    `Cannot build '${DRV}'. Reason: builder failed with exit code 1. Its log ends with: compiling`,
  ],
  [
    'a hash mismatch',
    `hash mismatch in fixed-output derivation '${DRV}':\n         specified: sha256-AAAA\n            got:    sha256-BBBB`,
    `hash mismatch in fixed-output derivation '${DRV}': specified: sha256-AAAA got:    sha256-BBBB`,
  ],
  ['no text', '', 'the build failed without a message'],
])('keeps the reason of %s in one line', (_, text, expected) => {
  expect(summarizeBuildError(text)).toBe(expected);
});
