import { duplexPair } from 'node:stream';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseStorePath } from '../../src/domain/store-path.ts';
import { MESSAGE } from '../../src/protocol/messages.ts';
import { WireWriter } from '../../src/protocol/wire-writer.ts';
import { openStore } from '../../src/store/daemon-store.ts';
import { narOf } from '../protocol/nar-tree.ts';
import { infoOf, pathOf } from './made-up-paths.ts';

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
function session(diagnostics = '') {
  const [near, far] = duplexPair();
  far.resume();
  const store = openStore({ duplex: near, diagnostics: () => diagnostics }, { label: 'peer' });
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
    await vi.waitFor(() => expect(near.destroyed).toBe(true));
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
    await vi.waitFor(() => expect(writes).toHaveLength(1));
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
    await vi.waitFor(() => expect(received.length).toBeGreaterThan(0));
    expect(received.includes(PATH)).toBe(false);
    release.resolve(undefined);
    await vi.waitFor(() => expect(received.includes(PATH)).toBe(true));
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
    await vi.waitFor(() => expect(sent).toBeGreaterThan(20));
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
