import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { CacheServer } from '../../../lab/cache-service.ts';

const PROGRAM = path.resolve(import.meta.dirname, '../../helpers/keep-large-file.ts');

/** Keeps a file of so many bytes, and gets it back, in a process of its own. */
async function keep(size: number) {
  await using server = await CacheServer.start();
  const { privateKey } = generateKeyPairSync('ed25519');
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const argv = [PROGRAM, String(size), key];
  const { stdout } = await promisify(execFile)(process.execPath, argv, { env: server.env });
  return JSON.parse(stdout) as { saved: number; bytes: number; kib: number };
}

it('a file of 300 MB takes no more memory than a small one, but for some pieces of it', async () => {
  const [small, large] = [await keep(3_000_000), await keep(300_000_000)];
  expect(small).toMatchObject({ saved: 1, bytes: 3_000_000 });
  expect(large).toMatchObject({ saved: 1, bytes: 300_000_000 });
  expect(large.kib - small.kib).toBeLessThan(200 * 1024);
});
