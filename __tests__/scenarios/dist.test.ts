import { spawnSync } from 'node:child_process';
import { cp, mkdtempDisposable, readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { least } from '../helpers/least.ts';

const DIST = path.resolve(import.meta.dirname, '../../dist');
const ENTRIES = ['main', 'post', 'offload'] as const;

/** Runs an entry of a bundle with nothing set but PATH, as little as a runner could give. */
function start(dist: string, entry: (typeof ENTRIES)[number], cwd: string) {
  const began = performance.now();
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [path.join(dist, entry, 'index.js')],
    {
      cwd,
      env: { PATH: '/usr/bin:/bin' },
      encoding: 'utf8',
      timeout: 20_000,
    },
  );
  return { status, stdout, stderr, milliseconds: performance.now() - began };
}

it('the bundle alone, in an empty folder, says which input is missing', async () => {
  await using folder = await mkdtempDisposable(path.join(os.tmpdir(), 'dist-'));
  await cp(DIST, path.join(folder.path, 'dist'), { recursive: true });
  const { status, stdout, stderr } = start(path.join(folder.path, 'dist'), 'main', folder.path);
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^::error::Input 'store': is empty\. Give at least one, for example .+$/m);
  expect(status).toBe(1);
});

it('post has nothing to do where main did nothing', async () => {
  await using folder = await mkdtempDisposable(path.join(os.tmpdir(), 'dist-'));
  await cp(DIST, path.join(folder.path, 'dist'), { recursive: true });
  const { status, stdout, stderr } = start(path.join(folder.path, 'dist'), 'post', folder.path);
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
});

it('main starts within half a second', async () => {
  const time = () => Promise.resolve(start(DIST, 'main', os.tmpdir()).milliseconds);
  expect(await least(500, time)).toBeLessThan(500);
});

it.each(ENTRIES)('%s holds all of its own modules', async (entry) => {
  // ncc writes this for a module that it did not find, and fails only where it is run.
  const bundle = await readFile(path.join(DIST, entry, 'index.js'), 'utf8');
  expect(bundle).not.toMatch(/eval\("require"\)\("\.[^"]*\.js"\)/);
});
