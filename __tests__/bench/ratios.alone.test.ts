import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';
import { CASES } from '../../bench/cases.ts';

const RUN = path.resolve(import.meta.dirname, '../../bench/run.ts');

/** A step back by half of this is found; that a machine does something else for a moment is not one. */
const MARGIN = '1.5';

/** Measures modes against each other for a quarter of an hour: not for every change. */
const LONG = 'auto';

const names = CASES.map(({ name }) => name).filter((name) => name !== LONG);

test('every case of the bench meets its targets against stock Nix', { timeout: 1_800_000 }, () => {
  const argv = [RUN, ...names, '--check', '--margin', MARGIN];
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8' });
  expect(status, stdout + stderr).toBe(0);
  expect(stdout.match(/^ {2}(met|MISSED): /gm)?.length).toBeGreaterThanOrEqual(14);
});
