import { expect, test } from 'vitest';
import {
  existingOutputs,
  failedAttributes,
  boundedList,
  toResultEntry,
} from '../../src/action/results.ts';
import { ActionError } from '../../src/domain/errors.ts';
import type { Outcome } from '../../src/domain/outcome.ts';
import { parseDrvPath, parseStorePath } from '../../src/domain/store-path.ts';

const OUT = parseStorePath(`/nix/store/${'a'.repeat(32)}-hello`);

const BUILT: Outcome = {
  installable: '.#hello',
  attribute: 'packages.x86_64-linux.hello',
  system: 'x86_64-linux',
  drvPath: parseDrvPath(`/nix/store/${'b'.repeat(32)}-hello.drv`),
  outputs: new Map([['out', OUT]]),
  status: 'built',
  remote: 'ssh-ng://ci@builder',
  seconds: 1.23456,
  copied: true,
  positions: [],
  error: undefined,
};

const FAILED: Outcome = {
  ...BUILT,
  attribute: 'packages.x86_64-linux.broken',
  status: 'failed',
  error: new ActionError('build-failed', 'it broke', { hint: 'mend it' }),
};

test('an entry has the fields that the README names', () => {
  expect(toResultEntry(BUILT)).toEqual({
    installable: '.#hello',
    attribute: 'packages.x86_64-linux.hello',
    system: 'x86_64-linux',
    drvPath: BUILT.drvPath,
    outputs: { out: OUT },
    status: 'built',
    remote: 'ssh-ng://ci@builder',
    seconds: 1.235,
    copied: true,
  });
  expect(toResultEntry(FAILED).error).toEqual({
    code: 'build-failed',
    message: 'it broke',
    hint: 'mend it',
  });
});

test('only what is there has output paths; only what is not there has failed', () => {
  expect(existingOutputs([BUILT, BUILT, FAILED])).toEqual([OUT]);
  expect(failedAttributes([BUILT, FAILED])).toEqual(['packages.x86_64-linux.broken']);
});

test('beyond 100 kB results end with the number left out, and are still JSON', () => {
  const entries = Array.from({ length: 1000 }, () => toResultEntry(BUILT));
  const text = boundedList(entries);
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(100_000);
  const parsed = JSON.parse(text) as readonly unknown[];
  expect(parsed.at(-1)).toEqual({ truncated: 1000 - (parsed.length - 1) });
});
