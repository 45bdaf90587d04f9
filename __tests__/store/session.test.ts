import { createHash } from 'node:crypto';
import { duplexPair } from 'node:stream';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DaemonEvent } from '../../src/domain/activity.ts';
import { parseStorePath } from '../../src/domain/store-path.ts';
import { MESSAGE } from '../../src/protocol/messages.ts';
import { queryValidPaths } from '../../src/protocol/operations.ts';
import { WireWriter } from '../../src/protocol/wire-writer.ts';
import { openStore } from '../../src/store/daemon-store.ts';
import type { SessionOptions } from '../../src/store/session.ts';
import type { NarSource } from '../../src/store/store.ts';
import { narOf } from '../protocol/nar-tree.ts';
import { infoOf, pathOf } from './made-up-paths.ts';
import { PATIENCE } from '../helpers/patience.ts';

const PATH = parseStorePath('/nix/store/00000000000000000000000000000000-x');
const OTHER = parseStorePath('/nix/store/11111111111111111111111111111111-y');

const GREETING = new WireWriter()
  .u64(0x6478696f)
  .u64(0x125)
  .string('2.34.8')
  .u64(2)
  .u64(MESSAGE.last)
  .finish();

const errorMessage = (text: string) =>
  new WireWriter()
    .u64(MESSAGE.error)
    .string('Error')
    .u64(0)
    .string('Error')
    .string(text)
    .u64(0)
    .u64(0)
    .finish();

const answer = () => new WireWriter().u64(MESSAGE.last);

/** A session, and the far side, which says what real daemons never would. */
function session(diagnostics = '', options: Partial<SessionOptions> = {}) {
  const [near, far] = duplexPair();
  far.resume();
  const stream = { duplex: near, diagnostics: () => diagnostics };
  const store = openStore(stream, { label: 'peer', ...options });
  return { store, far, near };
}

describe('a session', () => {
  it('gives answers to who asked for them, in order', async () => {
    const { store, far } = session();
    const first = store.queryValidPaths([PATH, OTHER]);
    const second = store.queryValidPaths([PATH]);
    far.write(GREETING);
    far.write(answer().strings([OTHER]).finish());
    far.write(answer().strings([PATH]).finish());
    expect([await first, await second]).toEqual([new Set([OTHER]), new Set([PATH])]);
  });

  it('leaves out valid paths that nobody asked about', async () => {
    const { store, far } = session();
    far.write(Buffer.concat([GREETING, answer().strings([PATH, OTHER]).finish()]));
    expect(await store.queryValidPaths([PATH])).toEqual(new Set([PATH]));
  });

  it.each([
    [
      'an answer that is not asked for',
      GREETING,
      answer().u64(1).finish(),
      /the daemon breaks .* nothing that was asked/,
    ],
    [
      'an answer that is no store path',
      GREETING,
      answer().strings(['/etc']).finish(),
      /QueryValidPaths/,
    ],
    ['a message of no known type', GREETING, new WireWriter().u64(7).finish(), /unknown message/],
    [
      'a list of 2^40 paths',
      GREETING,
      answer()
        .u64(2 ** 40)
        .finish(),
      /more than a message may hold/,
    ],
  ])('ends for all who wait after %s', async (_, greeting, bytes, message) => {
    const { store, far, near } = session();
    far.write(greeting);
    await store.greeting;
    const asked = message.source.includes('nothing')
      ? []
      : [store.queryValidPaths([PATH]), store.addTempRoots([PATH])];
    const settled = Promise.allSettled(asked);
    far.write(bytes);
    const violation = {
      code: 'protocol-violation',
      message: expect.stringMatching(message) as string,
    };
    for (const result of await settled) expect(result).toMatchObject({ reason: violation });
    await vi.waitFor(() => expect(near.destroyed).toBe(true), PATIENCE);
    await expect(store.queryValidPaths([OTHER])).rejects.toMatchObject(violation);
  });

  it.each([
    'bash: line 1: nix-daemon: command not found',
    "env: 'nix-daemon': No such file or directory",
  ])('knows that Nix is missing by "%s"', async (said) => {
    const { store, far } = session(said);
    const waiting = store.queryValidPaths([PATH]);
    far.end();
    await expect(waiting).rejects.toMatchObject({
      code: 'nix-missing',
      message: `peer: nix-daemon could not be started: ${said}`,
      hint: expect.stringContaining('remote-program') as string,
    });
  });

  it('says what the far side said when it ends, and what was waited for', async () => {
    const { store, far } = session('error: out of memory\n');
    far.write(GREETING);
    await store.greeting;
    const waiting = Promise.allSettled([store.queryValidPaths([PATH]), store.addTempRoots([PATH])]);
    far.end();
    const message =
      'peer: the connection ended while waiting for QueryValidPaths and 1 more answer: error: out of memory';
    expect(await waiting).toMatchObject([
      { reason: { code: 'connection-lost', message } },
      { reason: { code: 'connection-lost', message } },
    ]);
  });

  it('writes what is asked in one go at once, in one write', async () => {
    const [near, far] = duplexPair();
    const writes: Buffer[] = [];
    far.on('data', (chunk: Buffer) => writes.push(chunk));
    const store = openStore({ duplex: near, diagnostics: () => '' }, { label: 'peer' });
    const asked = Promise.allSettled([
      store.queryValidPaths([PATH]),
      store.addTempRoots([PATH, OTHER]),
    ]);
    await vi.waitFor(() => expect(writes).toHaveLength(1), PATIENCE);
    store.close();
    await asked;
  });

  it('keeps its place in the order behind a stream that is being sent', async () => {
    const [near, far] = duplexPair();
    let received = Buffer.alloc(0);
    far.on('data', (chunk: Buffer) => (received = Buffer.concat([received, chunk])));
    const store = openStore({ duplex: near, diagnostics: () => '' }, { label: 'peer' });
    const release = Promise.withResolvers<undefined>();
    const sources = (async function* () {
      await release.promise;
      yield* [];
    })();
    const adding = store.addMultipleToStore(0, sources, 'check-signatures');
    const asking = store.queryValidPaths([PATH]);
    await vi.waitFor(() => expect(received.length).toBeGreaterThan(0), PATIENCE);
    expect(received.includes(PATH)).toBe(false);
    release.resolve(undefined);
    await vi.waitFor(() => expect(received.includes(PATH)).toBe(true), PATIENCE);
    far.write(Buffer.concat([GREETING, answer().finish(), answer().strings([]).finish()]));
    await adding;
    expect(await asking).toEqual(new Set());
  });

  it.each([
    ['is none', Buffer.alloc(200, 'no archive')],
    [
      'is longer than was said',
      narOf({ type: 'file', content: Buffer.alloc(500), executable: false }),
    ],
  ])('ends after a NAR that %s, and names its path', async (_, nar) => {
    const { store, far, near } = session();
    const reading = (async () => {
      const seen: Buffer[] = [];
      for await (const source of store.nars([{ ...infoOf(0), narSize: 200 }])) {
        for await (const chunk of source.nar) seen.push(chunk);
      }
      return seen;
    })();
    const damaged = {
      code: 'nar-invalid',
      message: expect.stringContaining(`the NAR of ${pathOf(0)} is damaged: `) as string,
    };
    const settled = Promise.allSettled([reading, store.queryValidPaths([PATH])]);
    far.write(Buffer.concat([GREETING, answer().finish(), nar]));
    expect(await settled).toMatchObject([{ reason: damaged }, { reason: damaged }]);
    expect(near.destroyed).toBe(true);
  });

  it('stops sending when the daemon has had enough, and goes on with the next request', async () => {
    const { store, far } = session();
    far.write(GREETING);
    let sent = 0;
    const endless = (async function* () {
      for (; ; sent++) {
        await setImmediate();
        yield Buffer.alloc(100_000);
      }
    })();
    const info = { ...infoOf(0), narSize: Number.MAX_SAFE_INTEGER };
    const sources = (async function* () {
      await setImmediate();
      yield { info, nar: endless };
    })();
    const adding = store.addMultipleToStore(1, sources, 'check-signatures');
    const asking = store.queryValidPaths([PATH]);
    await vi.waitFor(() => expect(sent).toBeGreaterThan(20), PATIENCE);
    far.write(errorMessage('writing to file: No space left on device'));
    await expect(adding).rejects.toMatchObject({
      code: 'disk-full',
      message: 'peer: writing to file: No space left on device',
    });
    far.write(answer().strings([PATH]).finish());
    expect(await asking).toEqual(new Set([PATH]));
    const sentInTheEnd = sent;
    await setTimeout(20);
    expect(sent - sentInTheEnd).toBeLessThan(2);
  });
});

describe('a session on a stream that somebody else has opened', () => {
  const resumed = { protocolVersion: 0x125, nixVersion: '2.34.8', trust: 'trusted' } as const;

  it('sends no handshake and expects none', async () => {
    const { store, far } = session('', { resumed });
    let received = Buffer.alloc(0);
    far.on('data', (chunk: Buffer) => (received = Buffer.concat([received, chunk])));
    expect(await store.greeting).toEqual(resumed);
    const asking = store.queryValidPaths([PATH]);
    far.write(answer().strings([PATH]).finish());
    expect(await asking).toEqual(new Set([PATH]));
    expect(received).toEqual(queryValidPaths([PATH], 'no-substitute').request);
  });
});

describe('who listens slowly', () => {
  const line = (text: string) => new WireWriter().u64(MESSAGE.next).string(text).finish();

  /** A listener that has heard something, and is done with it when told so. */
  function slowListener() {
    const heard: string[] = [];
    let done = (): void => undefined;
    const hear = (event: DaemonEvent): Promise<void> => {
      heard.push(event.kind === 'message' ? event.text : event.kind);
      return new Promise((resolve) => (done = resolve));
    };
    return { heard, hear, done: () => done() };
  }

  it('is told one thing after the other, and keeps all else waiting', async () => {
    const { heard, hear, done } = slowListener();
    const { store, far, near } = session();
    const building = store.buildPaths([{ kind: 'opaque', path: PATH }], 'normal', hear);
    const settled = vi.fn();
    building.then(settled, settled);
    far.write(Buffer.concat([GREETING, line('a'), line('b'), answer().u64(1).finish()]));
    await vi.waitFor(() => expect(heard).toEqual(['a']), PATIENCE);
    expect(near.isPaused()).toBe(true);
    done();
    await vi.waitFor(() => expect(heard).toEqual(['a', 'b']), PATIENCE);
    await setImmediate();
    expect([settled.mock.calls.length, near.isPaused()]).toEqual([0, true]);
    done();
    await building;
    expect(near.isPaused()).toBe(false);
  });

  it('slows the far side down', async () => {
    const { hear } = slowListener();
    const { store, far } = session();
    store.buildPaths([{ kind: 'opaque', path: PATH }], 'normal', hear).catch(() => undefined);
    far.write(GREETING);
    let written = 0;
    while (written < 100 && far.write(line('x'.repeat(10_000)))) {
      written += 1;
      await setImmediate();
    }
    expect(written).toBeLessThan(20); // what the stream itself holds
    store.close();
  });

  it('ends the session by failing', async () => {
    const { store, far, near } = session();
    const building = store.buildPaths([{ kind: 'opaque', path: PATH }], 'normal', () =>
      Promise.reject(new Error('nobody listens')),
    );
    far.write(Buffer.concat([GREETING, line('a'), answer().u64(1).finish()]));
    await expect(building).rejects.toThrow('nobody listens');
    expect([near.destroyed, store.isOpen]).toEqual([true, false]);
  });

  it('is not taken for a daemon that hangs', async () => {
    const { heard, hear, done } = slowListener();
    const { store, far } = session('', { onEvent: hear, silenceTimeout: 100 });
    const asking = store.queryValidPaths([PATH]);
    far.write(Buffer.concat([GREETING, line('a'), answer().strings([PATH]).finish()]));
    await vi.waitFor(() => expect(heard).toEqual(['a']), PATIENCE);
    await setTimeout(300);
    done();
    expect(await asking).toEqual(new Set([PATH]));
    await expect(store.queryValidPaths([PATH])).rejects.toMatchObject({ code: 'connection-lost' });
  });

  it('is waited for on top of who takes NARs slowly', async () => {
    const nar = narOf({ type: 'file', content: Buffer.alloc(6_000_000), executable: false });
    const hash = createHash('sha256').update(nar).digest('hex');
    const info = { ...infoOf(0), narSize: nar.length, narHash: hash };
    const { heard, hear, done } = slowListener();
    const { store, far, near } = session('', { onEvent: hear });
    const sources = store.nars([info])[Symbol.asyncIterator]();
    const first = sources.next();
    const asking = store.queryValidPaths([PATH]);
    const said = [answer().finish(), nar, line('a'), answer().strings([PATH]).finish()];
    far.write(Buffer.concat([GREETING, ...said]));
    await vi.waitFor(() => expect(heard).toEqual(['a']), PATIENCE);
    const { value: source } = (await first) as IteratorYieldResult<NarSource>;
    let size = 0;
    for await (const chunk of source.nar) size += chunk.length;
    expect([size, near.isPaused()]).toEqual([nar.length, true]);
    done();
    expect(await asking).toEqual(new Set([PATH]));
  });
});

describe('a session that nobody answers', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('ends after 30 seconds', async () => {
    const { store } = session();
    const waiting = expect(store.queryValidPaths([PATH])).rejects.toMatchObject({
      code: 'connect-timeout',
      message: 'peer: the Nix daemon did not greet in 30 s',
    });
    await vi.advanceTimersByTimeAsync(30_000);
    await waiting;
  });
});
