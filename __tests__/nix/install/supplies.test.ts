import { createHash } from 'node:crypto';
import { mkdir, mkdtempDisposable, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { toolCache } from '../../../src/action/tool-cache.ts';
import { NO_KEPT } from '../../../src/domain/kept.ts';
import { parseSystem } from '../../../src/domain/system.ts';
import { toolName } from '../../../src/nix/install/fetch-release.ts';
import { parseInstallSource, releaseOf } from '../../../src/nix/install/release.ts';
import { suppliesOf } from '../../../src/nix/install/supplies.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

it.each([
  ['a good archive', undefined],
  ['another archive', /^archive is not what it should be: its SHA-256 is [\da-f]{64}, expected is/],
])('the tool cache holds %s under the name of one whose hash is known', async (held, refusal) => {
  await using folder = await mkdtempDisposable(path.join(os.tmpdir(), 'supplies-'));
  vi.stubEnv('RUNNER_TOOL_CACHE', folder.path);
  const sha256 = createHash('sha256').update('a good archive').digest('hex');
  const source = parseInstallSource(`https://a.example/nix.tar.xz#sha256=${sha256}`);
  const release = releaseOf('2.34.8', parseSystem('x86_64-linux'), source);
  const tool = path.join(folder.path, toolName(release), '2.34.8', process.arch);
  await mkdir(tool, { recursive: true });
  await writeFile(path.join(tool, 'archive'), held);
  await writeFile(`${tool}.complete`, '');
  const [, supply] = suppliesOf(release, {
    ...{ tools: toolCache(process.env), kept: NO_KEPT, owner: { uid: 0, gid: 0 } },
    ...{ env: { PATH: process.env['PATH'] ?? '' }, signal: new AbortController().signal },
    ...{ temporaryDirectory: folder.path, isMachineKept: true },
    ...{ tell: () => undefined, onFolder: () => undefined },
  });
  expect(supply?.name).toBe('the tool cache');
  const getting = supply?.get();
  if (refusal) await expect(getting).rejects.toThrow(refusal);
  else expect(await getting).toEqual({ file: path.join(tool, 'archive'), compression: 'xz' });
});
