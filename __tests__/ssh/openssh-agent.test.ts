import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, expect, test } from 'vitest';

import { answer, KeyAgent } from '../../src/ssh/openssh/agent.ts';
import { sshString, uint32 } from '../../src/ssh/wire.ts';
import { makeKeyPair } from '../helpers/ssh-client.ts';

const run = promisify(execFile);
const dir = mkdtempSync(join(tmpdir(), 'key-agent-'));
const pairs = (['ed25519', 'rsa', 'ecdsa'] as const).map((type) => makeKeyPair(type));
const keys = pairs.map(({ key }) => key);

afterAll(() => rmSync(dir, { recursive: true, force: true }));

test("is one for OpenSSH's own programs: it lists its keys, and signs with each; nothing can be added or taken", async () => {
  const socket = join(dir, 'agent');
  const agent = await KeyAgent.listen(socket, keys);
  const env = { PATH: process.env['PATH'], SSH_AUTH_SOCK: socket };
  try {
    const { stdout } = await run('ssh-add', ['-L'], { env });
    const blobs = (text: string): string => text.split(' ').slice(0, 2).join(' ');
    expect(stdout.trim().split('\n').map(blobs)).toEqual(
      pairs.map(({ authorizedKey }) => blobs(authorizedKey)),
    );
    for (const [index, { authorizedKey }] of pairs.entries()) {
      // With those of RSA ssh-add tries SHA-1.
      if (authorizedKey.startsWith('ssh-rsa')) continue;
      const file = join(dir, `${index}.pub`);
      writeFileSync(file, `${authorizedKey}\n`);
      // Tests the signature.
      await run('ssh-add', ['-T', file], { env });
    }
    await expect(run('ssh-add', ['-D'], { env })).rejects.toThrow();
    expect(readFileSync(join(dir, '0.pub'), 'utf8')).toContain('ssh-ed25519');
  } finally {
    agent.close();
  }
  await expect(run('ssh-add', ['-L'], { env })).rejects.toThrow();
});

test('signs with no key that it has not, and with RSA not by SHA-1', () => {
  const failure = Buffer.of(5);
  const asked = (blob: Buffer, flags: number): Buffer =>
    Buffer.concat([Buffer.of(13), sshString(blob), sshString('data'), uint32(flags)]);
  const [, rsa] = keys;
  const blob = rsa?.parsed().getPublicSSH() ?? Buffer.alloc(0);
  expect(answer(asked(blob, 0), keys)).toEqual(failure);
  expect(answer(asked(blob, 2), keys)[0]).toBe(14);
  const stranger = makeKeyPair().key.parsed().getPublicSSH();
  expect(answer(asked(stranger, 0), keys)).toEqual(failure);
  // session-bind@openssh.com and such
  expect(answer(Buffer.concat([Buffer.of(27), sshString('x')]), keys)).toEqual(failure);
});
