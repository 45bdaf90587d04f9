import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';

const RUN = path.resolve(import.meta.dirname, '../../bench/run.ts');

test('every case of the bench meets its targets against stock Nix', { timeout: 900_000 }, () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [RUN, '--check'], {
    encoding: 'utf8',
  });
  expect(status, stdout + stderr).toBe(0);
  expect(stdout.match(/^ {2}met: /gm)?.length).toBeGreaterThanOrEqual(10);
});
