import { access, mkdir, mkdtempDisposable } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { loadState } from '../../src/action/state.ts';
import { removeUnpacked } from '../../src/nix/install/unpack-folder.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

function loadWith(folder: string) {
  vi.stubEnv('RUNNER_TEMP', '/home/runner/work/_temp');
  vi.stubEnv('STATE_marker', 'marker');
  const names = ['socket-directory', 'kept-folder', 'offload-folder'];
  for (const name of names) vi.stubEnv(`STATE_${name}`, folder);
  return loadState();
}

it.each(['/tmp/nix-remote-build-a1B2c3', '/home/runner/work/_temp/nix-remote-build-kept-a1B2c3'])(
  'post finds the folders that main made: %s',
  (folder) => {
    expect(loadWith(folder)).toMatchObject({
      socketDirectory: folder,
      keptFolder: folder,
      offload: { folder },
    });
  },
);

it.each([
  '/home/runner',
  '/home/runner/nix-remote-build-a1B2c3',
  '/tmp/nix-remote-build-a1B2c3/..',
  '/tmp/nix-remote-build-a1B2c3/../../home',
  '/tmp/else',
  '/tmp',
  'nix-remote-build-a1B2c3',
  '',
])('post removes no folder that somebody else put into its state: %j', (folder) => {
  expect(loadWith(folder)).toEqual({
    marker: 'marker',
    socketDirectory: undefined,
    keptFolder: undefined,
    unpackFolder: undefined,
    offload: undefined,
  });
});

it('removes nothing as unpacked that is not beside the store', async () => {
  await using parent = await mkdtempDisposable(path.join(os.tmpdir(), 'state-'));
  const folder = path.join(parent.path, '.nix-remote-build-a1B2c3');
  await mkdir(folder);
  await removeUnpacked(folder);
  await access(folder);
});
