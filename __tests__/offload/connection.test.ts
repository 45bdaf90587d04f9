import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type NixHost, startNixHost, SYSTEM, until } from '../../lab/index.ts';
import { ActionError } from '../../src/domain/errors.ts';
import { parseDrvPath, parseStorePath } from '../../src/domain/store-path.ts';
import type { TakeOver } from '../../src/offload/take-over.ts';
import { clientHello, SERVER_MAGIC } from '../../src/protocol/handshake.ts';
import { MESSAGE } from '../../src/protocol/messages.ts';
import { OP } from '../../src/protocol/op.ts';
import { WireWriter } from '../../src/protocol/wire-writer.ts';
import { openStore } from '../../src/store/daemon-store.ts';
import type { Store } from '../../src/store/store.ts';
import { changing, socketStream } from '../store/streams.ts';
import { localStream, passing, RawClient, stalling, TestSocket } from './socket.ts';

const NOWHERE = '/nix/store/00000000000000000000000000000000-nowhere';
const LARGE = 100_000_000;
const FRAME = 1_000_000;

const lastAnd = (value: number) => new WireWriter().u64(MESSAGE.last).u64(value).finish();
const request = (op: number) => new WireWriter().u64(op);
/** To a client of 1.21, whom the daemon tells neither its version nor whether it trusts him. */
const OLD_GREETING = new WireWriter().u64(SERVER_MAGIC).u64(0x125).u64(MESSAGE.last).finish();
const isValid = request(OP.isValidPath).string(NOWHERE).finish();
const building = request(OP.buildPaths)
  .strings([`${NOWHERE}.drv!out`])
  .u64(0)
  .finish();

describe('a connection of the offload socket', () => {
  let host: NixHost;
  let socket: TestSocket | undefined;

  beforeAll(async () => {
    host = await startNixHost({ suite: 'sid' });
  });

  afterEach(async () => {
    await socket?.server.close();
    socket = undefined;
  });

  afterAll(() => host.stop());

  const serve = async (...options: [TakeOver?, Parameters<typeof TestSocket.serve>[2]?]) =>
    (socket = await TestSocket.serve(host, ...options));
  const client = () => RawClient.greeted(socket?.path ?? '');
  const session = (): Store =>
    openStore(
      { duplex: connect(socket?.path ?? ''), diagnostics: () => '' },
      { label: 'the socket' },
    );

  it('is usable after a failed takeover', async () => {
    await serve(() => Promise.reject(new ActionError('connection-lost', 'the link broke')));
    const store = session();
    const drvPath = parseDrvPath(`${NOWHERE}.drv`);
    const built = { kind: 'built', drvPath, outputs: 'all' } as const;
    await expect(store.build([built], 'normal')).rejects.toThrow(/the link broke/);
    expect(await store.queryValidPaths([parseStorePath(NOWHERE)])).toEqual(new Set());
    await expect(store.build([built], 'normal')).rejects.toThrow(/the link broke/);
    store.close();
  });

  it('refuses to be a builder, and goes on', async () => {
    await serve();
    using raw = await client();
    const derivation = request(OP.buildDerivation).string(`${NOWHERE}.drv`);
    derivation.u64(1).string('out').string(NOWHERE).string('').string('');
    derivation
      .strings([])
      .string('x86_64-linux')
      .string('/bin/sh')
      .strings(['-c', 'x'.repeat(1e5)]);
    raw.send(derivation.u64(1).string('key').string('value').u64(0).finish());
    expect(await raw.receiveText()).toMatch(/^ptxc.*may not be used as a builder/s);
    raw.send(isValid);
    expect(await raw.receive(16)).toEqual(lastAnd(0));
    expect(socket?.notices).toEqual([]);
  });

  it('refuses to be the builder of a real Nix, which would wait for itself', async () => {
    await serve();
    const builders = `unix:///tmp/offload.sock ${SYSTEM} - 1 1`;
    const expression = `derivation { name = "x"; system = "${SYSTEM}"; builder = "/bin/sh"; }`;
    const argv = ['nix-build', '--max-jobs', '0', '--builders', builders, '-E', expression];
    const { code, stderr } = await host.run(argv, { timeoutMs: 20_000 });
    expect(code).not.toBe(0);
    expect(stderr).toContain("Take its unix:// address out of Nix's setting 'builders'");
  });

  it('passes on what it does not know, names it, and never reads on', async () => {
    await serve(() => Promise.resolve({ kind: 'error', message: 'taken over' }));
    using raw = await client();
    raw.send(request(99).finish());
    expect((await raw.receiveAll()).toString()).toContain('invalid operation'); // the daemon's words, and its end
    expect([...(socket?.server.rawOperations ?? [])]).toEqual([[99, 1]]);
    expect(socket?.notices).toEqual([expect.stringContaining('operation 99')]);
  });

  it('is relayed unread where the client does not wait for answers', async () => {
    await serve(() => Promise.resolve({ kind: 'error', message: 'taken over' }));
    using raw = await client();
    raw.send(Buffer.concat([isValid, isValid, isValid, building]));
    expect(await raw.receive(48)).toEqual(Buffer.concat([lastAnd(0), lastAnd(0), lastAnd(0)]));
    expect(await raw.receiveText()).toContain('failed to obtain derivation');
    expect(socket?.notices).toEqual([expect.stringContaining('does not wait')]);
  });

  it('is relayed unread where a request cannot be read, and the daemon judges', async () => {
    await serve();
    using raw = await client();
    raw.send(
      request(OP.buildPaths)
        .u64(2 ** 40)
        .finish(),
    );
    await until(20_000, 'the notice', () => socket?.notices.length === 1);
    expect(socket?.notices).toEqual([expect.stringContaining('cannot be read')]);
  });

  it('is relayed unread for a client of another age', async () => {
    await serve(() => Promise.resolve({ kind: 'error', message: 'taken over' }));
    using raw = new RawClient(socket?.path ?? '');
    raw.send(clientHello(0x115));
    expect(await raw.receive(24)).toEqual(OLD_GREETING);
    raw.send(isValid);
    expect(await raw.receive(16)).toEqual(lastAnd(0));
    raw.send(building);
    expect(await raw.receiveText()).toContain('failed to obtain derivation');
    expect(socket?.notices).toEqual([expect.stringContaining('the client speaks 1.21')]);
  });

  it('is relayed unread where the daemon is of another age', async () => {
    const old = (chunk: Buffer, offset: number): Buffer => {
      if (offset > 8 || offset + chunk.length <= 8) return chunk;
      const changed = Buffer.from(chunk);
      changed.writeUInt8(0x15, 8 - offset);
      return changed;
    };
    await serve(passing, async () => changing(await localStream(host), old));
    using raw = new RawClient(socket?.path ?? '');
    raw.send(clientHello(0x115));
    expect((await raw.receive(24)).subarray(8)).toEqual(
      new WireWriter().u64(0x115).u64(MESSAGE.last).finish(),
    );
    raw.send(isValid);
    expect(await raw.receive(16)).toEqual(lastAnd(0));
    expect(socket?.notices).toEqual([expect.stringContaining('the local daemon speaks 1.21')]);
  });

  it('is byte for byte, however the bytes arrive', async () => {
    await serve();
    using raw = await client();
    const frames = (bytes: Buffer, size: number): Buffer[] =>
      bytes.length === 0
        ? [new WireWriter().u64(0).finish()]
        : [
            new WireWriter().u64(Math.min(size, bytes.length)).finish(),
            bytes.subarray(0, size),
            ...frames(bytes.subarray(size), size),
          ];
    const add = request(OP.addToStore).string('noise').string('fixed:sha256').strings([]).u64(0);
    const whole = Buffer.concat([add.finish(), ...frames(randomBytes(300), 77), isValid]);
    const end = whole.length - isValid.length;
    for (let at = 0; at < end; at++) {
      raw.send(whole.subarray(at, at + 1));
      await delay(0);
    }
    expect((await raw.receive(8)).readUInt32LE()).toBe(MESSAGE.last);
    const path = await raw.receive(8 + 56);
    expect(path.toString()).toMatch(/-noise/);
    expect(socket?.notices).toEqual([]);
  });
});

describe('the slow and the dead', () => {
  let host: NixHost;

  beforeAll(async () => {
    host = await startNixHost({ suite: 'sid' });
    await host.output(['sh', '-c', `yes large | head -c ${LARGE} > /tmp/large`]);
  });

  afterAll(() => host.stop());

  it('holds little of a NAR whose receiver does not read', async () => {
    await using socket = await TestSocket.serve(host);
    const path = await socket.output(['nix', 'store', 'add-file', '/tmp/large']);
    using raw = await RawClient.greeted(socket.path);
    const before = process.memoryUsage().arrayBuffers;
    raw.pause();
    raw.send(request(OP.narFromPath).string(path).finish());
    await delay(500);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16_000_000);
    raw.resume();
    expect((await raw.receive(LARGE)).length).toBe(LARGE);
  });

  it('holds little of a file whose receiver does not take it', async () => {
    const daemon = stalling(await localStream(host));
    await using socket = await TestSocket.serve(host, passing, () => daemon.stream);
    using raw = await RawClient.greeted(socket.path);
    const frame = Buffer.concat([new WireWriter().u64(FRAME).finish(), Buffer.alloc(FRAME)]);
    const before = process.memoryUsage().arrayBuffers;
    raw.send(
      request(OP.addToStore).string('big').string('fixed:sha256').strings([]).u64(0).finish(),
    );
    for (let sent = 0; sent < LARGE; sent += FRAME) raw.send(frame);
    raw.send(new WireWriter().u64(0).finish());
    await until(10_000, 'the file', () => daemon.taken > FRAME);
    daemon.stall();
    await delay(500);
    expect(daemon.taken).toBeLessThan(LARGE);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16_000_000);
    daemon.resume();
    expect((await raw.receive(16)).readUInt32LE()).toBe(MESSAGE.last);
    expect(daemon.taken).toBeGreaterThan(LARGE);
  });

  it('makes who tells too much wait', async () => {
    let told = 0;
    const line = 'x'.repeat(100_000);
    await using socket = await TestSocket.serve(host, async (_, { hear, signal }) => {
      while (told < LARGE && !signal.aborted) {
        await hear({ kind: 'message', text: line });
        told += line.length;
      }
      return { kind: 'built' };
    });
    using raw = await RawClient.greeted(socket.path);
    raw.pause();
    raw.send(building);
    await until(20_000, 'the first words', () => told > 0);
    await delay(300);
    expect(told).toBeLessThan(4_000_000);
    raw[Symbol.dispose]();
    await until(20_000, 'the end of the takeover', () => socket.server.close().then(() => true));
  });

  it('ends what a client has sent while nobody reads it, without keeping it', async () => {
    let over = false;
    await using socket = await TestSocket.serve(host, async (_, { signal }) => {
      await once(signal, 'abort');
      over = true;
      return { kind: 'built' };
    });
    using raw = await RawClient.greeted(socket.path);
    const before = process.memoryUsage().arrayBuffers;
    raw.send(building);
    await delay(100);
    const sender = Buffer.alloc(1_000_000);
    for (let each = 0; each < 50; each++) raw.send(sender);
    await delay(300);
    // what the client itself has not sent yet is the one buffer, fifty times
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16_000_000);
    await socket.server.close();
    expect(over).toBe(true);
  });

  it('does not wait for ever for who does not stop', async () => {
    let isAsked = false;
    const socket = await TestSocket.serve(host, () => {
      isAsked = true;
      return new Promise(() => undefined);
    });
    using raw = await RawClient.greeted(socket.path);
    raw.send(building);
    await until(20_000, 'the request', () => isAsked);
    const start = performance.now();
    await socket.server.close();
    expect(performance.now() - start).toBeLessThan(7000);
  });

  it('tells a client why there is no local store', async () => {
    await using socket = await TestSocket.serve(host, passing, () => {
      throw new ActionError('nix-missing', 'the local store: no Nix daemon answers', {
        hint: 'Start it.',
      });
    });
    const { code, stderr } = await socket.run(['nix', 'store', 'info']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/the local store: no Nix daemon answers\n\s*Start it\./);
    expect(socket.notices).toEqual([expect.stringContaining('no Nix daemon answers')]);
  });

  it('ends a client whose daemon dies, during a takeover with the answer', async () => {
    const streams: ReturnType<typeof socketStream>[] = [];
    let isAsked = false;
    await using socket = await TestSocket.serve(
      host,
      async (request, { store }) => {
        isAsked = true;
        await delay(200);
        await store.queryMissing(request.paths);
        return { kind: 'built' };
      },
      () => {
        const stream = socketStream(host);
        streams.push(stream);
        return stream;
      },
    );
    using raw = await RawClient.greeted(socket.path);
    raw.send(building);
    await until(20_000, 'the request', () => isAsked);
    streams[0]?.duplex.destroy();
    const said = await raw.receiveAll();
    expect(said.readUInt32LE()).toBe(MESSAGE.error);
    expect(said.toString()).toMatch(/the local store: .*connection/);
  });
});
