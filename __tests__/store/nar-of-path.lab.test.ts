import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type NixHost, startNixHost } from '../../lab/index.ts';
import { narOfPath } from '../../src/store/nar-of-path.ts';

async function collect(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const collected: Buffer[] = [];
  for await (const chunk of chunks) collected.push(chunk);
  return Buffer.concat(collected);
}

describe('the NAR of a local path', () => {
  let folder: string;
  let host: NixHost;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'nar-'));
    await mkdir(path.join(folder, 'tree/empty'), { recursive: true });
    await mkdir(path.join(folder, 'tree/Zed'));
    await writeFile(path.join(folder, 'tree/Zed/ä'), 'umlaut');
    await writeFile(
      Buffer.concat([Buffer.from(`${folder}/tree/`), Buffer.from([0xff])]),
      'no UTF-8',
    );
    await writeFile(path.join(folder, 'tree/large'), Buffer.alloc(1_000_003, 'large'));
    await writeFile(path.join(folder, 'tree/none'), '');
    await writeFile(path.join(folder, 'tree/run'), '#!/bin/sh\n');
    await chmod(path.join(folder, 'tree/run'), 0o755);
    await symlink('../elsewhere', path.join(folder, 'tree/link'));
    host = await startNixHost({ binds: [{ source: folder, destination: '/given', access: 'ro' }] });
  });

  afterAll(async () => {
    await host.stop();
    await rm(folder, { recursive: true });
  });

  it.each(['tree', 'tree/large', 'tree/run', 'tree/link', 'tree/none', 'tree/empty'])(
    'of %s is what Nix makes of it',
    async (name) => {
      const { stdoutBytes } = await host.run(['nix-store', '--dump', `/given/${name}`]);
      expect((await collect(narOfPath(path.join(folder, name)))).equals(stdoutBytes)).toBe(true);
    },
  );

  it('is refused for what a NAR cannot hold', async () => {
    await expect(collect(narOfPath('/dev/null'))).rejects.toMatchObject({ code: 'path-invalid' });
  });
});
