import { mkdir, mkdtempDisposable, realpath, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { findProgram } from '../../src/nix/find-program.ts';

it('finds the first program of a PATH, by the name that it was asked for and without links on the way', async () => {
  await using temporary = await mkdtempDisposable(path.join(tmpdir(), 'path-'));
  const root = await realpath(temporary.path);
  for (const folder of ['plain', 'real']) await mkdir(path.join(root, folder));
  await writeFile(path.join(root, 'plain/nix-daemon'), '', { mode: 0o644 });
  await writeFile(path.join(root, 'real/nix'), '', { mode: 0o755 });
  await symlink('nix', path.join(root, 'real/nix-daemon'));
  await symlink('real', path.join(root, 'profile'));

  const search = `relative::${root}/missing:${root}/plain:${root}/profile:${root}/real`;
  expect(await findProgram('nix-daemon', search)).toBe(`${root}/real/nix-daemon`);
  expect(await findProgram('nix-store', search)).toBeUndefined();
  expect(await findProgram('nix', '')).toBeUndefined();
});
