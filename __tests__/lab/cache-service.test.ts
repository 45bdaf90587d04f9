import { execFile } from 'node:child_process';
import { mkdir, mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { CacheServer } from '../../lab/index.ts';

const run = promisify(execFile);

const CLIENT = import.meta.resolve('@actions/cache');

/** Has GitHub's own client do something, in a process of its own, for it reads the environment. */
async function withGithubsClient(folder: string, server: CacheServer, code: string) {
  const { PATH } = process.env;
  const program = `import * as cache from '${CLIENT}'; console.log('= ' + (await ${code}));`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: folder,
    env: { PATH, RUNNER_TEMP: folder, GITHUB_WORKSPACE: folder, ...server.env },
  });
  return /^= (.*)$/m.exec(stdout)?.[1];
}

it("serves GitHub's own client: saves once, finds by key and by prefix", async () => {
  await using server = await CacheServer.start();
  await using folder = await mkdtempDisposable(path.join(os.tmpdir(), 'cache-client-'));
  const file = path.join(folder.path, 'kept', 'file');
  await mkdir(path.dirname(file));
  await writeFile(file, 'what is kept');
  const client = (code: string) => withGithubsClient(folder.path, server, code);

  expect(await client(`cache.restoreCache(['kept'], 'key-1', ['key-'])`)).toBe('undefined');
  expect(await client(`cache.saveCache(['kept'], 'key-1')`)).toBe('1');
  expect(await client(`cache.saveCache(['kept'], 'key-1')`)).toBe('-1');
  expect(await server.entries()).toMatchObject([{ key: 'key-1' }]);
  await writeFile(file, 'something else');
  expect(await client(`cache.restoreCache(['kept'], 'key-2', ['key-'])`)).toBe('key-1');
  expect(await readFile(file, 'utf8')).toBe('what is kept');
  expect(await client(`cache.restoreCache(['other'], 'key-1')`)).toBe('undefined');
  server.mood = { kind: 'read-only' };
  expect(await client(`cache.saveCache(['kept'], 'key-3')`)).toBe('-1');
});
