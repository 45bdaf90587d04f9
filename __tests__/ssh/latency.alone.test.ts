import { createServer } from 'node:net';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { Link } from '../../lab/link/link.ts';
import { connectSsh, type SshConnection } from '../../src/ssh/connection.ts';
import type { Ssh2Options } from '../../src/ssh/options.ts';
import { SSH2_WINDOW } from '../../src/ssh/window.ts';
import { connectWorker, openWorkerChannel } from '../../src/ssh/worker-channel.ts';
import { least } from '../helpers/least.ts';
import { connectOptions, knownHosts, makeKeyPair, readAll } from '../helpers/ssh-client.ts';
import { Sshd } from '../helpers/sshd.ts';

const SHORT_MS = 20;
const LONG_MS = 100;

const ours = makeKeyPair();
const rsa = makeKeyPair('rsa');
const stranger = makeKeyPair();
let sshd: Sshd;
let link: Link;
let options: Ssh2Options;
const opened: SshConnection[] = [];

beforeAll(async () => {
  sshd = await Sshd.start({
    authorizedKeys: [ours.authorizedKey, rsa.authorizedKey],
    config: ['MaxStartups 100'],
  });
  link = await Link.start(sshd.port);
  options = {
    ...connectOptions(sshd, [ours.key]),
    port: link.port,
    hostKeys: knownHosts(sshd, `* ${sshd.hostKey()}`),
  };
});

afterEach(() => {
  for (const connection of opened.splice(0)) connection.close();
});

afterAll(async () => {
  await link.stop();
  await sshd[Symbol.asyncDispose]();
});

async function connect(changes: Partial<Ssh2Options> = {}): Promise<SshConnection> {
  const connection = await connectSsh({ ...options, ...changes });
  opened.push(connection);
  return connection;
}

/**
 * How much longer something takes on a longer line, in round trips. What a busy machine adds is left out by comparing the least of
 * several times on each line: of three, then of more until there are fewer than `bound`, for 20 s.
 */
async function roundTrips(
  bound: number,
  act: () => Promise<() => Promise<unknown>>,
): Promise<number> {
  const leastOn = async (roundTripMs: number, known: number) => {
    await link.shape({ roundTripMs });
    const timed = await act();
    const start = performance.now();
    await timed();
    return Math.min(known, performance.now() - start);
  };
  const end = performance.now() + 20_000;
  let [short, long, trips] = [Infinity, Infinity, Infinity];
  for (let run = 0; run < 3 || (trips >= bound && performance.now() < end); run++) {
    short = await leastOn(SHORT_MS, short);
    long = await leastOn(LONG_MS, long);
    trips = (long - short) / (LONG_MS - SHORT_MS);
  }
  return trips;
}

describe('round trips', () => {
  test.each([
    // TCP, identification, key exchange, authentication.
    ['an ed25519 key', [ours.key], 4],
    ['an RSA key, whose algorithm the server has to name first', [rsa.key], 5],
    ['a second key', [stranger.key, ours.key], 5],
  ])('of connecting with %s', async (_name, keys, most) => {
    const trips = await roundTrips(most + 0.6, () =>
      Promise.resolve(() => connect({ credentials: { kind: 'keys', keys } })),
    );
    expect(trips).toBeLessThan(most + 0.6);
  });

  test('of a daemon without a socket are those of a program alone', async () => {
    const program = daemonAt(join(sshd.dir, 'nothing'));
    const trips = await roundTrips(2.6, async () => {
      const connection = await connect();
      return () => openWorkerChannel(connection, program);
    });
    expect(trips).toBeLessThan(2.6);
  });

  test('of connecting to a daemon are no more than of connecting', async () => {
    const path = join(sshd.dir, 'daemon');
    const daemon = createServer((socket) => socket.resume()).listen(path);
    try {
      const trips = await roundTrips(4.6, () =>
        Promise.resolve(async () => {
          const { connection, channel } = await connectWorker(options, daemonAt(path));
          opened.push(connection);
          expect(channel.kind).toBe('socket');
        }),
      );
      expect(trips).toBeLessThan(4.6);
    } finally {
      daemon.close();
    }
  });

  const daemonAt = (daemonSocket: string) => ({
    remoteProgram: [],
    remoteStore: undefined,
    daemonSocket,
  });

  test('are measured while connecting', async () => {
    await link.shape({ roundTripMs: LONG_MS });
    const measured = await least(1.5 * LONG_MS, async () => (await connect()).roundTripMs);
    expect(measured).toBeGreaterThan(LONG_MS - 5);
    expect(measured).toBeLessThan(1.5 * LONG_MS);
  });
});

describe('a long line', () => {
  test('is filled by a window that fits it', async () => {
    await link.shape({ roundTripMs: LONG_MS });
    const seconds = async (changes: Partial<Ssh2Options>) => {
      const { duplex } = await (await connect(changes)).exec('head -c 40000000 /dev/zero');
      const start = performance.now();
      expect(await readAll(duplex)).toHaveLength(40_000_000);
      return (performance.now() - start) / 1000;
    };
    const narrow = await seconds({ windowBytes: SSH2_WINDOW });
    expect(await least(narrow / 2, () => seconds({}), 1)).toBeLessThan(narrow / 2);
  });

  test('that is cut ends a stream in its middle with an error', async () => {
    await link.shape({ roundTripMs: SHORT_MS });
    const connection = await connect();
    const { duplex } = await connection.exec('head -c 300000000 /dev/zero');
    const failed = expect(readAll(duplex)).rejects.toMatchObject({ code: 'connection-lost' });
    await link.cut();
    await failed;
    expect(await connection.closed).toMatchObject({ code: 'connection-lost' });
  });

  test('that turns a bit is found out, and ends a stream with an error', async () => {
    await link.shape({ roundTripMs: SHORT_MS });
    const connection = await connect();
    const { duplex } = await connection.exec('head -c 300000000 /dev/zero');
    const failed = expect(readAll(duplex)).rejects.toMatchObject({ code: 'connection-lost' });
    await link.arm({ kind: 'corrupt', direction: 'down', afterBytes: 1_000_000 });
    await failed;
    expect(await connection.closed).toMatchObject({ code: 'connection-lost' });
  });

  test('that stalls is given up in bounded time', async () => {
    await link.shape({ roundTripMs: SHORT_MS });
    const keepAlive = { intervalMs: 100, silentIntervals: 3 };
    const connection = await connect({ timeouts: { keepAlive } });
    const { duplex } = await connection.exec('yes');
    duplex.resume();
    await link.stall();
    try {
      expect(await connection.closed).toMatchObject({
        code: 'connection-lost',
        message: `the connection to ${connection.label} was lost: nothing moved on it for 0.3 s`,
      });
    } finally {
      await link.cut();
      await link.resume();
    }
  });
});
