import { execFile } from 'node:child_process';
import { copyFile, mkdtempDisposable, readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { makeRelease } from '../../../lab/index.ts';
import { ReleaseServer, type Serving } from '../../helpers/release-server.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');

test('releases are pinned by a script, and only where both downloads agree', async () => {
  await using server = await ReleaseServer.start(await makeRelease());
  await using folder = await mkdtempDisposable(path.join(os.tmpdir(), 'pin-'));
  const table = path.join(folder.path, 'release-hashes.ts');
  await copyFile(path.join(ROOT, 'src/nix/install/release-hashes.ts'), table);
  const before = await readFile(table, 'utf8');
  const { version, sha256, fileName } = server.release;
  const system = fileName.includes('aarch64') ? 'aarch64-linux' : 'x86_64-linux';
  const pin = (serving: Serving) => {
    const options = ['--from', server.base(serving), '--to', table, '--system', system];
    const script = path.join(ROOT, 'scripts/pin-nix-releases.ts');
    return promisify(execFile)(process.execPath, [script, ...options, version]);
  };

  await expect(pin('other-hash')).rejects.toThrow('and the file beside it says');
  expect(await readFile(table, 'utf8')).toBe(before);

  await pin('well');
  await pin('well');
  const { RELEASE_HASHES } = (await import(table)) as {
    readonly RELEASE_HASHES: Readonly<Record<string, string>>;
  };
  expect(RELEASE_HASHES[`nix-${version}-${system}`]).toBe(sha256);
});
