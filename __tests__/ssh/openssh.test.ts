import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { Link } from '../../lab/index.ts';
import { pinnedHostKey } from '../../src/domain/known-hosts.ts';
import { connectSsh, type SshConnection } from '../../src/ssh/connection.ts';
import type { OpensshOptions } from '../../src/ssh/options.ts';
import { connectFailure, makeKeyPair, opensshOptions, readAll } from '../helpers/ssh-client.ts';
import { freePort, generateKey, Sshd } from '../helpers/sshd.ts';

const ours = makeKeyPair();
const stranger = makeKeyPair();
let sshd: Sshd;
let options: OpensshOptions;
let connection: SshConnection | undefined;

beforeAll(async () => {
  sshd = await Sshd.start({
    authorizedKeys: [ours.authorizedKey],
    config: ['MaxAuthTries 3'],
    hostKeyTypes: ['ed25519', 'rsa'],
  });
  options = opensshOptions(sshd, [ours.key]);
});

afterAll(() => sshd[Symbol.asyncDispose]());

afterEach(() => connection?.close());

async function connect(changes: Partial<OpensshOptions> = {}): Promise<SshConnection> {
  connection = await connectSsh({ ...options, ...changes });
  return connection;
}

/** Folders of connections. */
function folders(): readonly string[] {
  return readdirSync(sshd.dir).filter((name) => name.startsWith('ssh-'));
}

/** Clients of the test's server that run. */
function clients(): readonly string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      return words[0] === 'ssh' && words.some((word) => word.startsWith(sshd.dir));
    } catch {
      return false;
    }
  });
}

describe('a connection', () => {
  test('knows whom it is logged in as, measures the round trip and counts bytes', async () => {
    const lane = { delayMs: 20 };
    await using link = await Link.start(sshd.port, { up: lane, down: lane });
    const knownHosts = `[${sshd.host}]:${link.port} ${sshd.hostKey()}`;
    const counted = await connect({
      port: link.port,
      user: undefined,
      hostKeys: { knownHosts, pinned: undefined },
    });
    expect(counted.user).toBe(sshd.user);
    expect(counted.label).toBe(`${sshd.user}@${sshd.host}:${link.port}`);
    const { duplex } = await counted.exec('cat');
    duplex.end(Buffer.alloc(1_000_000));
    await readAll(duplex);
    await expect.poll(() => counted.roundTripMs).toBeGreaterThanOrEqual(40);
    expect(counted.roundTripMs).toBeLessThan(400); // connecting as a whole takes more
    for (const bytes of [counted.bytesSent, counted.bytesReceived]) {
      expect(bytes).toBeGreaterThan(1_000_000);
      expect(bytes).toBeLessThan(1_100_000);
    }
  });

  test('that is closed leaves no process and no file, and ends what ran on it', async () => {
    const closing = await connect();
    const { duplex } = await closing.exec('cat');
    expect(clients()).toHaveLength(1);
    expect(folders()).toHaveLength(1);
    const ended = once(duplex, 'error');
    closing.close();
    expect(await closing.closed).toBeUndefined();
    const gone = {
      code: 'connection-lost',
      message: `the connection to ${closing.label} was closed`,
    };
    expect(await ended).toMatchObject([gone]);
    await expect(closing.exec('true')).rejects.toMatchObject(gone);
    await expect.poll(clients).toEqual([]);
    await expect.poll(folders).toEqual([]);
  });

  test.each([
    ['is killed', 'SIGKILL' as const, /was lost: (it was reset|the server closed it)$/],
    ['hangs', 'SIGSTOP' as const, /was lost: the server did not answer any more$/],
  ])('whose server %s ends its streams with that reason', async (_, signal, message) => {
    const timeouts = { keepAlive: { intervalMs: 1000, silentIntervals: 1 } };
    const { closed, exec } = bound(await connect({ timeouts }));
    const { duplex, exit } = await exec('cat');
    const ended = once(duplex, 'error');
    const stopped = sshd.signalSessions(signal);
    try {
      const lost = { code: 'connection-lost', message: expect.stringMatching(message) as string };
      expect(await closed).toMatchObject(lost);
      expect(await ended).toMatchObject([lost]);
      expect(await exit).toEqual({ code: undefined, signal: undefined });
      await expect.poll(folders).toEqual([]);
    } finally {
      sshd.signalSessions('SIGKILL', stopped);
    }
  });

  test('whose client is killed is lost', async () => {
    const { closed, exec } = bound(await connect());
    const { duplex } = await exec('cat');
    const ended = once(duplex, 'error');
    for (const pid of clients()) process.kill(Number(pid), 'SIGKILL');
    expect(await closed).toMatchObject({ code: 'connection-lost' });
    expect(await ended).toMatchObject([{ code: 'connection-lost' }]);
  });
});

function bound(live: SshConnection): Pick<SshConnection, 'closed' | 'exec'> {
  return { closed: live.closed, exec: (command) => live.exec(command) };
}

describe('a key', () => {
  test.each(['ed25519', 'rsa', 'ecdsa'] as const)('of type %s lets us in', async (type) => {
    const pair = makeKeyPair(type);
    await using own = await Sshd.start({ authorizedKeys: [pair.authorizedKey] });
    connection = await connectSsh(opensshOptions(own, [stranger.key, pair.key]));
    expect(await readAll((await connection.exec('echo in')).duplex)).toBe('in\n');
    connection.close();
    await connection.closed;
  });

  test('is asked for through a socket that is gone once we are in', async () => {
    await connect();
    const [folder = ''] = folders();
    expect(readdirSync(join(sshd.dir, folder)).sort()).toEqual([
      'config',
      'control',
      'known-hosts',
    ]);
  });

  test.each([
    ['that the host does not know', [stranger], 'ssh-ed25519 SHA256:'],
    ['too many', Array.from({ length: 4 }, () => makeKeyPair()), 'ssh-ed25519 SHA256:'],
  ])('%s is refused by name', async (_, pairs, offered) => {
    const keys = pairs.map(({ key }) => key);
    const identity = { kind: 'keys', keys } as const;
    const error = await connectFailure({ ...options, identity });
    expect(error).toMatchObject({
      code: 'authentication-failed',
      message: expect.stringContaining(`does not let us in: offered was ${offered}`) as string,
    });
    expect(folders()).toEqual([]);
  });
});

describe('a host', () => {
  const withHostKeys = (knownHosts: string): OpensshOptions => ({
    ...options,
    hostKeys: { knownHosts, pinned: undefined },
  });
  const name = (): string => `[${sshd.host}]:${sshd.port}`;

  test('is taken by any of its keys, a hashed name, lines that end as on Windows', async () => {
    for (const type of ['ed25519', 'rsa'] as const) {
      (await connect(withHostKeys(`# these\r\n${sshd.knownHosts(type)}\r\n`))).close();
    }
    const file = join(sshd.dir, 'hashed');
    writeFileSync(file, `${sshd.knownHosts()}\n`);
    execFileSync('ssh-keygen', ['-q', '-H', '-f', file], { stdio: 'ignore' });
    const hashed = readFileSync(file, 'utf8');
    expect(hashed).toMatch(/^\|1\|/);
    await connect(withHostKeys(hashed));
  });

  test('is taken by a certificate of an authority that is known, and by no other', async () => {
    const file = (each: string): string => join(sshd.dir, each);
    const authority = generateKey(file('authority'), 'ed25519');
    const key = generateKey(file('certified'), 'ed25519');
    const sign = ['-q', '-s', file('authority'), '-I', 'host', '-h', '-n', '127.0.0.1'];
    execFileSync('ssh-keygen', [...sign, file('certified.pub')], { stdio: 'ignore' });
    await using own = await Sshd.start({
      authorizedKeys: [ours.authorizedKey],
      config: [`HostKey ${file('certified')}`, `HostCertificate ${file('certified-cert.pub')}`],
      hostKeyTypes: [],
    });
    const trusting = (line: string): OpensshOptions => ({
      ...options,
      port: own.port,
      hostKeys: { knownHosts: line, pinned: undefined },
    });
    connection = await connectSsh(trusting(`@cert-authority 127.0.0.1 ${authority}`));
    connection.close();
    await connection.closed;
    const other = await connectFailure(trusting(`@cert-authority 127.0.0.1 ${key}`));
    expect(other).toMatchObject({ code: 'host-key-unknown' });
  });

  test('whose key is pinned is taken by that alone', async () => {
    const own = pinnedHostKey(sshd.hostKey());
    await connect({ hostKeys: { knownHosts: undefined, pinned: own } });
    const other = pinnedHostKey(stranger.authorizedKey);
    const hostKeys = { knownHosts: sshd.knownHosts(), pinned: other };
    const [expected = ''] = /SHA256:.*/.exec(stranger.key.fingerprint) ?? [];
    expect(await connectFailure({ ...options, hostKeys })).toMatchObject({
      code: 'host-key-mismatch',
      message: `the host key of 127.0.0.1 has changed: it is not the one in base64-ssh-public-host-key, which is ssh-ed25519 ${expected}`,
    });
    const revoked = { ...own, revoked: own.trusted };
    expect(
      await connectFailure({ ...options, hostKeys: { knownHosts: undefined, pinned: revoked } }),
    ).toMatchObject({ code: 'host-key-revoked' });
  });

  test.each([
    ['that is not known', () => 'elsewhere ', 'host-key-unknown', /is not in known-hosts$/],
    [
      'whose key changed',
      () => `${name()} `,
      'host-key-mismatch',
      /has changed: .* in known-hosts$/,
    ],
    ['whose key is revoked', () => `@revoked * `, 'host-key-revoked', /@revoked in known-hosts$/],
  ])('%s is refused', async (_, prefix, code, message) => {
    const key = code === 'host-key-mismatch' ? stranger.authorizedKey : sshd.hostKey();
    const revoked = code === 'host-key-revoked' ? `${prefix()}${sshd.hostKey('rsa')}` : '';
    const error = await connectFailure(withHostKeys(`${prefix()}${key}\n${revoked}`));
    expect(error).toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
      hint: expect.stringMatching(/./) as string,
    });
  });

  test('that cannot be reached is told as with the other client', async () => {
    const port = await freePort();
    expect(await connectFailure({ ...options, port })).toMatchObject({
      code: 'host-unreachable',
      message: `127.0.0.1 refuses connections on port ${port}: nothing listens there`,
    });
    expect(await connectFailure({ ...options, host: 'builder.invalid' })).toMatchObject({
      code: 'host-unresolvable',
      message: 'the host name builder.invalid does not resolve',
    });
  });
});
