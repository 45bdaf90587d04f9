import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectSsh } from '../../src/ssh/connection.ts';
import { connectOptions, makeKeyPair } from '../helpers/ssh-client.ts';
import { Sshd } from '../helpers/sshd.ts';

const CONTENT = randomBytes(96 * 1024 * 1024);

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ciphers-'));
  await writeFile(path.join(folder, 'content'), CONTENT, { mode: 0o644 });
});

afterAll(() => rm(folder, { recursive: true }));

/** All that ssh2 and OpenSSH have in common; each keeps bytes in a way of its own until it has a whole packet. */
const CIPHERS = [
  ['aes128-gcm@openssh.com', []],
  ['aes256-gcm@openssh.com', []],
  ['chacha20-poly1305@openssh.com', []],
  ['aes256-ctr', ['MACs hmac-sha2-256-etm@openssh.com']],
  ['aes128-ctr', ['MACs hmac-sha2-512']],
] as const;

test.each(CIPHERS)('what is sent is what arrives, over rekeying too: %s', async (cipher, more) => {
  const ours = makeKeyPair();
  await using sshd = await Sshd.start({
    authorizedKeys: [ours.authorizedKey],
    config: [`Ciphers ${cipher}`, 'RekeyLimit 32M', ...more],
  });
  const connection = await connectSsh(connectOptions(sshd, [ours.key]));
  try {
    const { duplex } = await connection.exec(['cat', path.join(folder, 'content')]);
    const hash = createHash('sha256');
    await pipeline(duplex, hash);
    expect(hash.digest('hex')).toBe(createHash('sha256').update(CONTENT).digest('hex'));
  } finally {
    connection.close();
  }
});
