import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { connectSsh, type SshConnection } from '../../src/ssh/connection.ts';
import {
  openWorkerChannel,
  workerCommand,
  type WorkerProgram,
} from '../../src/ssh/worker-channel.ts';
import { connectOptionsOver, makeKeyPair, readAll, TRANSPORTS } from '../helpers/ssh-client.ts';
import { Sshd } from '../helpers/sshd.ts';
import { waitUntil } from '../helpers/wait-until.ts';

const PLAIN: WorkerProgram = { remoteProgram: [], remoteStore: undefined };

describe('workerCommand', () => {
  test.each([
    ['nix-daemon --stdio', PLAIN],
    [
      '/opt/nix-daemon --cores 2 --stdio',
      { ...PLAIN, remoteProgram: ['/opt/nix-daemon', '--cores', '2'] },
    ],
    ['nix-daemon --stdio --store /mnt', { ...PLAIN, remoteStore: '/mnt' }],
    [
      'nix-daemon --stdio --store /mnt --cores 4 --keep-going',
      { ...PLAIN, remoteStore: '/mnt', daemonArgs: ['--cores', '4', '--keep-going'] },
    ],
  ])('is %s', (expected, program) => {
    expect(workerCommand(program).join(' ')).toBe(expected);
  });
});

describe.each(TRANSPORTS)('openWorkerChannel, over %s', (transport) => {
  const ours = makeKeyPair();
  const forced = makeKeyPair();
  let sshd: Sshd;
  let daemon: Server;
  let program: WorkerProgram & { daemonSocket: string };
  let connection: SshConnection | undefined;

  // The far side: a socket that answers `socket`, and a program `nix-daemon` that prints its arguments and waits.
  beforeAll(async () => {
    sshd = await Sshd.start({ config: ['PermitUserEnvironment PATH'] });
    const bin = join(sshd.dir, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'nix-daemon'), '#!/bin/sh\necho "$@"\nexec cat\n');
    chmodSync(join(bin, 'nix-daemon'), 0o755);
    sshd.authorize(
      `environment="PATH=${bin}:/usr/bin:/bin" ${ours.authorizedKey}`,
      `restrict,command="echo forced; cat" ${forced.authorizedKey}`,
    );
    program = { ...PLAIN, daemonSocket: join(sshd.dir, 'daemon') };
    daemon = createServer((socket) => socket.end('socket\n')).listen(program.daemonSocket);
  });

  afterAll(async () => {
    daemon.close();
    await sshd[Symbol.asyncDispose]();
  });

  afterEach(() => connection?.close());

  async function connect(pair = ours, server = sshd): Promise<SshConnection> {
    connection = await connectSsh(connectOptionsOver(transport, server, [pair.key]));
    return connection;
  }

  const noSocket = () => ({ ...program, daemonSocket: join(sshd.dir, 'nothing') });

  test('takes the socket where there is one, and ends the program', async () => {
    const connected = await connect();
    const idle = sshd.sessions().length;
    const channel = await openWorkerChannel(connected, program);
    expect(channel.kind).toBe('socket');
    expect(await readAll(channel.duplex)).toBe('socket\n');
    await waitUntil(() => sshd.sessions().length <= idle, 'the end of the program');
  });

  test('starts no program once the socket has opened on a connection', async () => {
    const connected = await connect();
    const { duplex } = await openWorkerChannel(connected, program);
    expect(await readAll(duplex)).toBe('socket\n');
    await (
      await connected.exec('true')
    ).exit;
    sshd.log = '';
    const channels = await Promise.all([1, 2, 3].map(() => openWorkerChannel(connected, program)));
    expect(channels.map((channel) => channel.kind)).toEqual(['socket', 'socket', 'socket']);
    await (
      await connected.exec('last')
    ).exit;
    await waitUntil(() => sshd.log.includes('Starting session'), 'the log of the last program');
    expect(sshd.log.match(/Starting session/g)).toHaveLength(1);
  });

  test('falls back on the program when the socket is there no more', async () => {
    const connected = await connect();
    await openWorkerChannel(connected, program);
    const { kind, duplex } = await openWorkerChannel(connected, noSocket());
    expect(kind).toBe('exec');
    duplex.end();
    expect(await readAll(duplex)).toBe('--stdio\n');
  });

  test('takes the program where there is no socket, with its arguments', async () => {
    const daemonArgs = ['--cores', '4'];
    const channel = await openWorkerChannel(await connect(), { ...noSocket(), daemonArgs });
    expect(channel.kind).toBe('exec');
    channel.duplex.end('protocol');
    expect(await readAll(channel.duplex)).toBe('--stdio --cores 4\nprotocol');
  });

  test.each([
    ['remote-program', { remoteProgram: ['nix-daemon', '-v'] }, '-v --stdio\n'],
    ['remote-store', { remoteStore: '/a b' }, '--stdio --store /a b\n'],
  ])('takes the program if the URI has a %s', async (_name, wanted, printed) => {
    const channel = await openWorkerChannel(await connect(), { ...program, ...wanted });
    expect(channel.kind).toBe('exec');
    channel.duplex.end();
    expect(await readAll(channel.duplex)).toBe(printed);
  });

  test('runs what a key is forced to, though that may not use the socket', async () => {
    const channel = await openWorkerChannel(await connect(forced), program);
    expect(channel.kind).toBe('exec');
    channel.duplex.end();
    expect(await readAll(channel.duplex)).toBe('forced\n');
  });

  test('needs no program where only the socket may be used', async () => {
    const config = ['MaxSessions 0'];
    await using server = await Sshd.start({ authorizedKeys: [ours.authorizedKey], config });
    const channel = await openWorkerChannel(await connect(ours, server), program);
    expect(channel.kind).toBe('socket');
    expect(await readAll(channel.duplex)).toBe('socket\n');
  });

  test('says what failed where neither opens', async () => {
    const config = ['MaxSessions 0'];
    await using server = await Sshd.start({ authorizedKeys: [ours.authorizedKey], config });
    const refusing = await connect(ours, server);
    await expect(openWorkerChannel(refusing, noSocket())).rejects.toMatchObject({
      code: 'channel-refused',
      message: expect.stringMatching(
        /opens neither the Nix daemon's socket nor `nix-daemon --stdio`: .*nothing: open failed/,
      ) as string,
    });
  });
});
