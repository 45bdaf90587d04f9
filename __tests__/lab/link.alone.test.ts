import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { availableParallelism } from 'node:os';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Link, within, type LinkOptions } from '../../lab/index.ts';
import { least } from '../helpers/least.ts';

const MEBIBYTE = 1 << 20;

/** A server that sends back what it gets, or does what a test says with a connection. */
let server: Server;
let serve: (socket: Socket) => void;
let link: Link;

const echo = (socket: Socket) => void socket.pipe(socket);

beforeEach(async () => {
  serve = echo;
  server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => undefined);
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(async () => {
  await link.stop();
  server.close();
});

async function start(options: LinkOptions = {}): Promise<void> {
  link = await Link.start((server.address() as AddressInfo).port, options);
}

async function open(): Promise<Socket> {
  const socket = connect({ port: link.port, host: '127.0.0.1', noDelay: true });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

async function exchange(socket: Socket, bytes: Buffer): Promise<Buffer> {
  const got: Buffer[] = [];
  let size = 0;
  const whole = new Promise<void>((resolve) =>
    socket.on('data', (chunk: Buffer) => {
      got.push(chunk);
      size += chunk.length;
      if (size >= bytes.length) {
        resolve();
      }
    }),
  );
  socket.write(bytes);
  await within(10_000, `${bytes.length} bytes of echo`, whole, () => `${size} bytes came`);
  socket.removeAllListeners('data');
  return Buffer.concat(got);
}

async function timeOf(action: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await action();
  return performance.now() - start;
}

function pattern(size: number): Buffer {
  return Buffer.from(Array.from({ length: size }, (_, index) => (index * 7919) % 251));
}

describe('delay', () => {
  let awake: Disposable;
  beforeAll(() => {
    awake = keepCoresAwake();
  });
  afterAll(() => awake[Symbol.dispose]());

  it.each([5, 40, 100])('is %d ms for a round trip, within a millisecond', async (ms) => {
    await start({ roundTripMs: ms });
    const socket = await open();
    await exchange(socket, Buffer.from('x'));
    // Beside the delay there are the wake-ups of four threads.
    const time = await least(ms + 1, () => timeOf(() => exchange(socket, Buffer.from('x'))), 20);
    expect(time).toBeGreaterThanOrEqual(ms);
    expect(time).toBeLessThan(ms + 1);
    socket.destroy();
  });

  it('may differ by direction and may change', async () => {
    await start({ up: { delayMs: 30 } });
    const socket = await open();
    await exchange(socket, Buffer.from('x'));
    expect(await timeOf(() => exchange(socket, Buffer.from('x')))).toBeGreaterThanOrEqual(30);
    await link.shape({ down: { delayMs: 60 } });
    expect(await timeOf(() => exchange(socket, Buffer.from('x')))).toBeGreaterThanOrEqual(60);
    await link.shape({});
    expect(await least(20, () => timeOf(() => exchange(socket, Buffer.from('x'))))).toBeLessThan(
      20,
    );
    socket.destroy();
  });

  it('makes a server that speaks first heard after two round trips, as over TCP, or at once after half', async () => {
    serve = (socket) => void socket.end('banner');
    const banner = async () => {
      const socket = await open();
      await once(socket, 'data');
      socket.destroy();
    };
    await start({ roundTripMs: 50 });
    const real = await least(115, () => timeOf(banner));
    expect(real).toBeGreaterThanOrEqual(100);
    expect(real).toBeLessThan(115);
    await link.shape({ roundTripMs: 50, handshake: false });
    expect(await least(40, () => timeOf(banner))).toBeLessThan(40);
  });
});

describe('rate', () => {
  it('carries 500 MiB/s at 40 ms when there is no limit', async () => {
    const size = 1 << 30;
    serve = (socket) => void pump(socket, size);
    await start({ roundTripMs: 40 });
    const bound = (1000 * size) / (500 * MEBIBYTE);
    const time = await least(bound, async () => {
      const socket = await open();
      const ms = await timeOf(() => drain(socket, size));
      socket.destroy();
      return ms;
    });
    expect(time).toBeLessThan(bound);
  });

  it('keeps a limit, shared by connections', async () => {
    serve = (socket) => void socket.resume();
    await start({ up: { bytesPerSecond: 4_000_000 } });
    const sockets = await Promise.all([open(), open()]);
    let expected = 0;
    const arrived = async () => (await link.counters()).up === expected;
    const ms = await least(600, () => {
      expected += 2_000_000;
      sockets.forEach((socket) => void pump(socket, 1_000_000));
      return timeOf(async () => {
        while (!(await arrived())) {
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      });
    });
    expect(ms).toBeGreaterThan(450);
    expect(ms).toBeLessThan(600);
    sockets.forEach((socket) => socket.destroy());
  });
});

/** An idle core takes a while to wake, in a virtual machine up to a millisecond. Whatever else runs goes before these. */
function keepCoresAwake(): Disposable {
  const idling = availableParallelism();
  const awake = Array.from({ length: idling }, () =>
    spawn('nice', ['-n', '19', 'sh', '-c', 'while :; do :; done']),
  );
  return { [Symbol.dispose]: () => awake.forEach((each) => each.kill('SIGKILL')) };
}

/** Writes so many bytes, as fast as they are taken. */
async function pump(socket: Socket, size: number): Promise<void> {
  const chunk = Buffer.alloc(MEBIBYTE);
  for (let rest = size; rest > 0 && !socket.destroyed; rest -= chunk.length) {
    if (!socket.write(chunk.subarray(0, rest))) {
      await once(socket, 'drain').catch(() => undefined);
    }
  }
}

async function drain(socket: Socket, size: number): Promise<void> {
  let got = 0;
  const whole = new Promise<void>((resolve) =>
    socket.on('data', (chunk: Buffer) => {
      got += chunk.length;
      if (got >= size) {
        resolve();
      }
    }),
  );
  await within(30_000, `${size} bytes`, whole, () => `${got} came`);
}

describe('what passes', () => {
  it('is the same bytes in the same order, counted', async () => {
    await start({ roundTripMs: 4 });
    const socket = await open();
    const sent = pattern(3_000_000);
    const back = await exchange(socket, sent);
    expect(back.equals(sent)).toBe(true);
    expect(await link.counters()).toEqual({
      up: sent.length,
      down: sent.length,
      connections: 1,
      open: 1,
    });
    socket.destroy();
  });

  it('has its end: a half-close travels, and so does a reset', async () => {
    await start({ roundTripMs: 20 });
    const polite = await open();
    const ended = once(polite, 'end');
    polite.end('last words');
    expect((await once(polite, 'data')).toString()).toBe('last words');
    await within(20_000, 'end', ended);

    serve = (socket) => void setTimeout(() => socket.resetAndDestroy(), 10);
    const rude = await open();
    const [error] = (await within(20_000, 'reset', once(rude, 'error'))) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNRESET');
    expect((await link.counters()).open).toBe(0);
  });
});

describe('a fault', () => {
  it('corrupts exactly one bit of the byte that was named', async () => {
    await start();
    const socket = await open();
    const sent = pattern(200_000);
    const { fired } = await link.arm({ kind: 'corrupt', direction: 'down', afterBytes: 123_456 });
    const back = await exchange(socket, sent);
    await within(20_000, 'fault', fired);
    const wrong = [...back.keys()].filter((index) => back[index] !== sent[index]);
    expect(wrong).toEqual([123_456]);
    expect((back[123_456] ?? 0) ^ (sent[123_456] ?? 0)).toBe(0x10);
    socket.destroy();
  });

  it('cuts at the byte that was named; the next connection works', async () => {
    await start();
    let received = 0;
    serve = (socket) => void socket.on('data', (chunk: Buffer) => (received += chunk.length));
    const socket = await open();
    const closed = new Promise((resolve) => socket.on('close', resolve));
    await link.arm({ kind: 'cut', direction: 'up', afterBytes: 70_000 });
    socket.write(pattern(500_000));
    await within(20_000, 'close', closed);
    expect((await link.counters()).up).toBe(70_000);
    expect(received).toBeLessThanOrEqual(70_000);

    serve = echo;
    const next = await open();
    expect((await exchange(next, Buffer.from('hello'))).toString()).toBe('hello');
    next.destroy();
  });

  it('stalls at the byte that was named, both ways, until resumed; then nothing is missing', async () => {
    await start();
    const socket = await open();
    const sent = pattern(100_000);
    let got = 0;
    socket.on('data', (chunk: Buffer) => (got += chunk.length));
    const { fired } = await link.arm({ kind: 'stall', direction: 'down', afterBytes: 40_000 });
    socket.write(sent);
    await within(20_000, 'fault', fired);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(got).toBe(40_000);
    expect(socket.destroyed).toBe(false);
    await link.resume();
    while (got < sent.length) {
      await within(20_000, 'the rest', once(socket, 'data'));
    }
    expect(got).toBe(sent.length);
    socket.destroy();
  });
});
