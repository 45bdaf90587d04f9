import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { Link } from '../../lab/index.ts';
import { connectSsh, type SshConnection } from '../../src/ssh/connection.ts';
import { SSH2_WINDOW, windowFor } from '../../src/ssh/window.ts';
import {
  connectOptions,
  connectOptionsOver,
  makeKeyPair,
  readAll,
  TRANSPORTS,
  type Transport,
} from '../helpers/ssh-client.ts';
import { Sshd } from '../helpers/sshd.ts';
import { waitUntil } from '../helpers/wait-until.ts';

const MIB = 1024 * 1024;
const WIDE = 16 * MIB;
/** SSH's own overhead, sshd's keep-alives, what is in the kernel. */
const SLACK = MIB;

const ours = makeKeyPair();
let sshd: Sshd;
let connection: SshConnection | undefined;

beforeAll(async () => {
  sshd = await Sshd.start({ authorizedKeys: [ours.authorizedKey] });
});

afterAll(() => sshd[Symbol.asyncDispose]());

afterEach(() => connection?.close());

async function connect(windowBytes?: number): Promise<SshConnection> {
  const window = windowBytes === undefined ? {} : { windowBytes };
  connection = await connectSsh({ ...connectOptions(sshd, [ours.key]), ...window });
  return connection;
}

async function connectOver(transport: Transport): Promise<SshConnection> {
  connection = await connectSsh(connectOptionsOver(transport, sshd, [ours.key]));
  return connection;
}

/** Waits until a count has passed `least` and then stands still; returns it. */
async function settled(count: () => number, least = MIB): Promise<number> {
  let last = -1;
  await waitUntil(
    async () => {
      last = count();
      await delay(400);
      return last > least && count() === last;
    },
    `more than ${least} bytes, and then none`,
    20_000,
  );
  return last;
}

describe('the window', () => {
  test.each([
    [0, 2],
    [1, 2],
    [10, 4],
    [40, 16],
    [80, 31],
    [300, 32],
  ])('for a round trip of %d ms is %d MiB', (roundTripMs, mebibytes) => {
    expect(windowFor(roundTripMs)).toBe(mebibytes * MIB);
  });

  // Fails when ssh2 changes the internals that window.ts works on.
  test('is as wide as asked for, and holds a reader that stalls to its size', async () => {
    const wide = await connect(WIDE);
    const { duplex } = await wide.exec('head -c 200000000 /dev/zero');
    const received = await settled(() => wide.bytesReceived);
    expect(received).toBeGreaterThan(WIDE - SLACK);
    expect(received).toBeLessThan(WIDE + SLACK);

    let length = 0;
    for await (const chunk of duplex) length += (chunk as Buffer).length;
    expect(length).toBe(200_000_000);
  });

  test('as ssh2 has it holds a reader that stalls as well', async () => {
    const narrow = await connect(SSH2_WINDOW);
    const { duplex } = await narrow.exec('head -c 200000000 /dev/zero');
    const received = await settled(() => narrow.bytesReceived);
    expect(received).toBeLessThan(2 * SSH2_WINDOW + SLACK);
    duplex.destroy();
  });

  test('lets other channels go on while one is stalled', async () => {
    const wide = await connect(WIDE);
    const stalled = await wide.exec('head -c 200000000 /dev/zero');
    await settled(() => wide.bytesReceived);
    const { duplex } = await wide.exec('echo passes');
    expect(await readAll(duplex)).toBe('passes\n');
    stalled.duplex.destroy();
  });

  test('is granted no more when its channel is closed: the number may be another’s by then', async () => {
    const config = ['LogLevel DEBUG2'];
    await using talking = await Sshd.start({ authorizedKeys: [ours.authorizedKey], config });
    const path = join(talking.dir, 'source.sock');
    const source = createServer((socket) => {
      socket.on('error', () => undefined).end(Buffer.alloc(64 * MIB));
    }).listen(path);
    await once(source, 'listening');
    const lane = { delayMs: 20, bytesPerSecond: 50 * MIB };
    await using link = await Link.start(talking.port, { up: lane, down: lane });
    const options = { ...connectOptions(talking, [ours.key]), windowBytes: SSH2_WINDOW };
    const slow = await connectSsh({ ...options, port: link.port });
    connection = slow;

    const { duplex } = await slow.openSocket(path);
    duplex.resume();
    await waitUntil(() => slow.bytesReceived > 3 * MIB, 'bytes on the way');
    duplex.destroy();
    await settled(() => slow.bytesReceived);
    expect(talking.log).toMatch(/channel \d+: rcvd adjust/);
    expect(talking.log).toMatch(/channel \d+: rcvd close/);
    expect(talking.log).not.toContain('window adjust for non-open channel');
    source.close();
  });

  test.each([SSH2_WINDOW, WIDE])('of %d bytes loses and changes nothing', async (windowBytes) => {
    await expectEchoedWhole(await connect(windowBytes));
  });

  test('loses nothing while keys are exchanged anew', async () => {
    const config = ['RekeyLimit 8M', 'LogLevel DEBUG1'];
    await using rekeying = await Sshd.start({ authorizedKeys: [ours.authorizedKey], config });
    const options = { ...connectOptions(rekeying, [ours.key]), windowBytes: WIDE };
    connection = await connectSsh(options);
    await expectEchoedWhole(connection);
    expect(rekeying.log.match(/SSH2_MSG_NEWKEYS received/g)?.length).toBeGreaterThan(3);
  });

  /** Sends 70 MiB and more to and fro at once, in chunks that fit no packet, sometimes with a pause in reading. */
  async function expectEchoedWhole(through: SshConnection): Promise<void> {
    const { duplex } = await through.exec('cat');
    const sent = createHash('sha256');
    const received = createHash('sha256');
    let length = 0;
    async function* source() {
      for (let part = 0; part < 80; part++) {
        const chunk = randomBytes(part % 7 === 0 ? 3001 : MIB + part);
        sent.update(chunk);
        yield chunk;
        await Promise.resolve();
      }
    }
    await pipeline(source, duplex, async (stream) => {
      for await (const chunk of stream) {
        received.update(chunk as Buffer);
        length += (chunk as Buffer).length;
        if (length % 97 === 0) await delay(1);
      }
    });
    expect(length).toBeGreaterThan(64 * MIB);
    expect(received.digest('hex')).toBe(sent.digest('hex'));
  }
});

describe.each(TRANSPORTS)('writing, over %s', (transport) => {
  test('stops when the far program does not read, and goes on when it does', async () => {
    const writer = await connectOver(transport);
    const { duplex } = await writer.exec('echo $$; kill -STOP $$; wc -c');
    const pid = Number(String((await once(duplex, 'data'))[0]));
    for (let part = 0; part < 8; part++) duplex.write(Buffer.alloc(MIB));
    const sent = await settled(() => writer.bytesSent);
    // sshd's window for us is 2 MiB, and a pipe takes little more.
    expect(sent).toBeGreaterThan(2 * MIB);
    expect(sent).toBeLessThan(3 * MIB + SLACK);
    expect(duplex.writableNeedDrain).toBe(true);

    process.kill(pid, 'SIGCONT');
    await once(duplex, 'drain');
    duplex.end();
    expect((await readAll(duplex)).trim()).toBe(String(8 * MIB));
  });

  test('many small pieces at once takes few packets', async () => {
    const writer = await connectOver(transport);
    const { duplex } = await writer.exec('wc -c');
    const before = writer.bytesSent;
    for (let piece = 0; piece < 2000; piece++) duplex.write('12345678');
    duplex.end();
    expect((await readAll(duplex)).trim()).toBe('16000');
    expect(writer.bytesSent - before).toBeLessThan(17_000);
  });

  test('more than a program takes before it ends fails', async () => {
    const { duplex, exit } = await (await connectOver(transport)).exec('exit 3');
    const failed = once(duplex, 'error');
    duplex.write(Buffer.alloc(8 * MIB));
    expect(await failed).toMatchObject([closedThere]);
    expect(await exit).toEqual({ code: 3, signal: undefined });
  });

  test('to a program that has ended fails', async () => {
    const { duplex, exit } = await (await connectOver(transport)).exec('exit 3');
    await exit;
    const failed = once(duplex, 'error');
    duplex.write('x');
    expect(await failed).toMatchObject([closedThere]);
  });

  const closedThere = {
    code: 'connection-lost',
    message: 'the program on the remote side closed the channel',
  };
});

describe.each(TRANSPORTS)('destroying, over %s', (transport) => {
  test('closes the channel: the far program loses its input and ends', async () => {
    const { duplex, exit } = await (await connectOver(transport)).exec('echo $$; exec cat');
    const pid = Number(String((await once(duplex, 'data'))[0]));
    expect(existsSync(`/proc/${pid}`)).toBe(true);
    duplex.destroy();
    await expect.poll(() => existsSync(`/proc/${pid}`), { timeout: 5000 }).toBe(false);
    await exit;
  });

  test('in mid-stream leaves the connection usable', async () => {
    const shared = await connect(WIDE);
    const { duplex } = await shared.exec('head -c 200000000 /dev/zero');
    await once(duplex, 'data');
    duplex.destroy();
    const { duplex: next } = await shared.exec('echo next');
    expect(await readAll(next)).toBe('next\n');
  });

  test('happens when a loop over the data is left', async () => {
    const { duplex, exit } = await (await connectOver(transport)).exec('yes');
    for await (const chunk of duplex) if ((chunk as Buffer).length > 0) break;
    expect(duplex.destroyed).toBe(true);
    await exit;
  });
});

describe.each(TRANSPORTS)('a socket, over %s', (transport) => {
  test('carries data both ways, and ends', async () => {
    const path = join(sshd.dir, 'echo');
    const server = createServer((socket) => socket.pipe(socket)).listen(path);
    try {
      const { duplex } = await (await connectOver(transport)).openSocket(path);
      duplex.end(Buffer.alloc(3 * MIB, 'x'));
      expect(await readAll(duplex)).toHaveLength(3 * MIB);
    } finally {
      server.close();
    }
  });

  test('that the far side closes ends for a reader', async () => {
    const path = join(sshd.dir, 'closes');
    const server = createServer((socket) => socket.end('bye')).listen(path);
    try {
      const { duplex } = await (await connectOver(transport)).openSocket(path);
      expect(await readAll(duplex)).toBe('bye');
      await closed(duplex);
    } finally {
      server.close();
    }
  });

  test('that does not exist is refused', async () => {
    const refusing = await connectOver(transport);
    await expect(refusing.openSocket('/nonexistent')).rejects.toMatchObject({
      code: 'channel-refused',
      message: `${refusing.label} refused a channel to the socket /nonexistent: open failed`,
    });
  });

  async function closed(stream: Duplex): Promise<void> {
    if (!stream.closed) await once(stream, 'close');
  }
});
