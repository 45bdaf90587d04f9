import { execFileSync } from 'node:child_process';
import { writeFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { pinnedHostKey } from '../../src/domain/known-hosts.ts';
import { connectSsh } from '../../src/ssh/connection.ts';
import { connectFailure, connectOptions, knownHosts, makeKeyPair } from '../helpers/ssh-client.ts';
import { Sshd } from '../helpers/sshd.ts';

const ours = makeKeyPair();
let sshd: Sshd;
let other: Sshd;

beforeAll(async () => {
  const authorizedKeys = [ours.authorizedKey];
  sshd = await Sshd.start({
    authorizedKeys,
    hostKeyTypes: ['ed25519', 'rsa', 'ecdsa'],
    config: ['LogLevel DEBUG2'],
  });
  other = await Sshd.start({ authorizedKeys });
});

afterAll(async () => {
  await sshd[Symbol.asyncDispose]();
  await other[Symbol.asyncDispose]();
});

const name = () => `[${sshd.host}]:${sshd.port}`;

const withKnownHosts = (text: string) => ({
  ...connectOptions(sshd, [ours.key]),
  hostKeys: knownHosts(sshd, text),
});

async function connects(text: string): Promise<void> {
  (await connectSsh(withKnownHosts(text))).close();
}

/** `SHA256:…`, as ssh-keygen has it. */
function fingerprintOf(server: Sshd): string {
  const file = join(server.dir, 'host_ed25519.pub');
  return execFileSync('ssh-keygen', ['-lf', file], { encoding: 'utf8' }).split(' ')[1] ?? '';
}

describe('a host is trusted', () => {
  test.each(['ed25519', 'rsa', 'ecdsa'] as const)(
    'by its %s key alone, though it has others too',
    async (type) => {
      await connects(sshd.knownHosts(type));
    },
  );

  test('by a hashed name', async () => {
    const file = join(sshd.dir, 'hashed');
    writeFileSync(file, `${sshd.knownHosts()}\n`);
    execFileSync('ssh-keygen', ['-H', '-f', file], { stdio: 'ignore' });
    const hashed = readFileSync(file, 'utf8');
    expect(hashed).toMatch(/^\|1\|/);
    await connects(hashed);
  });

  test('by a pinned key', async () => {
    const hostKeys = pinnedHostKey(Buffer.from(sshd.hostKey()).toString('base64'));
    (await connectSsh({ ...connectOptions(sshd, [ours.key]), hostKeys })).close();
  });
});

describe('a host is refused', () => {
  test('when known-hosts is empty', async () => {
    expect(await connectFailure(withKnownHosts(''))).toMatchObject({
      code: 'host-key-unknown',
      message: `no host key is known: known-hosts is empty, and 127.0.0.1 presents ssh-ed25519 ${fingerprintOf(sshd)}`,
      hint: expect.stringContaining(`known-hosts: ${sshd.knownHosts()}`) as string,
    });
  });

  test('when known-hosts has other hosts only', async () => {
    expect(await connectFailure(withKnownHosts(other.knownHosts()))).toMatchObject({
      code: 'host-key-unknown',
      message: `the host key of ${name()} is not in known-hosts; it presents ssh-ed25519 ${fingerprintOf(sshd)}`,
      hint: expect.stringContaining(`known-hosts: ${sshd.knownHosts()}`) as string,
    });
  });

  test('when its key has changed', async () => {
    expect(await connectFailure(withKnownHosts(`${name()} ${other.hostKey()}`))).toMatchObject({
      code: 'host-key-mismatch',
      message:
        `the host key of ${name()} has changed: it presents ssh-ed25519 ${fingerprintOf(sshd)}, ` +
        `but known-hosts has ssh-ed25519 ${fingerprintOf(other)}`,
      hint: expect.stringContaining(sshd.knownHosts()) as string,
    });
  });

  test('when its key is revoked', async () => {
    const text = `${sshd.knownHosts()}\n@revoked * ${sshd.hostKey()}`;
    expect(await connectFailure(withKnownHosts(text))).toMatchObject({
      code: 'host-key-revoked',
      message: `the host key of 127.0.0.1 is marked @revoked in known-hosts: ssh-ed25519 ${fingerprintOf(sshd)}`,
    });
  });

  test('when it has no key of the type that is known', async () => {
    const options = connectOptions(other, [ours.key]);
    const hostKeys = knownHosts(other, `* ${sshd.hostKey('rsa')}`);
    expect(await connectFailure({ ...options, hostKeys })).toMatchObject({
      code: 'host-key-mismatch',
      message: '127.0.0.1 has no host key of the type that known-hosts knows for it (ssh-rsa)',
    });
  });

  test('when only keys are known that cannot be checked', async () => {
    const type = 'sk-ssh-ed25519@openssh.com';
    const blob = Buffer.concat([type, 'x'.repeat(32), 'ssh:'].map(sshString)).toString('base64');
    expect(await connectFailure(withKnownHosts(`* ${type} ${blob}`))).toMatchObject({
      code: 'host-key-mismatch',
      message: `known-hosts has only keys for 127.0.0.1 of a type that cannot be checked here (${type})`,
    });
  });

  test('before a byte of the authentication is sent', async () => {
    const asked = /userauth-request|receive packet: type 50|service request/i;
    sshd.log = '';
    await connects(sshd.knownHosts());
    expect(sshd.log).toMatch(asked);

    for (const text of ['', `${name()} ${other.hostKey()}`, `@revoked * ${sshd.hostKey()}`]) {
      sshd.log = '';
      await connectFailure(withKnownHosts(text));
      // sshd reports the end of the connection when it has read all that was sent on it.
      await expect.poll(() => sshd.log).toMatch(/Received disconnect|Connection (closed|reset)/);
      expect(sshd.log).not.toMatch(asked);
    }
  });
});

function sshString(text: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  return Buffer.concat([length, Buffer.from(text)]);
}
