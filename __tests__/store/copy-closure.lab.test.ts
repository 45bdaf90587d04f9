import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type NixHost, startNixHost, SUITES } from '../../lab/index.ts';
import type { ByteStream } from '../../src/domain/byte-stream.ts';
import { type StorePath, parseStorePath } from '../../src/domain/store-path.ts';
import { copyClosure, type CopyProgress, type CopyRequest } from '../../src/store/copy-closure.ts';
import { openStore } from '../../src/store/daemon-store.ts';
import type { Store } from '../../src/store/store.ts';
import { buildOut, candidatesOf, deepGraph, instantiate, wideGraph } from './graphs.ts';
import { changing, counting, processStream, socketStream } from './streams.ts';

const NOWHERE = parseStorePath('/nix/store/00000000000000000000000000000000-nowhere');

/** A built output at the source, and what its closure may consist of. */
interface Built {
  readonly out: StorePath;
  readonly candidates: ReadonlySet<StorePath>;
}

/** Sessions are closed when the test is over, whatever became of it. */
async function withStores<T>(
  streams: readonly ByteStream[],
  use: (...stores: Store[]) => Promise<T>,
): Promise<T> {
  const stores = streams.map((stream, index) => openStore(stream, { label: `store ${index}` }));
  try {
    return await use(...stores);
  } finally {
    for (const store of stores) store.close();
  }
}

async function buildGraph(host: NixHost, attributes: Record<string, string>): Promise<Built> {
  const { top } = await instantiate(host, attributes);
  if (!top) throw new Error('no top');
  return await withStores([socketStream(host)], async (store) => ({
    out: await buildOut(store, top),
    candidates: await candidatesOf(host, top),
  }));
}

/** Knows of nothing that is valid there until it is sent something, as when another client is quicker than the copy. */
function lateToTell(store: Store): Store {
  let isLate = true;
  const changed: Partial<Store> = {
    async queryValidPaths(paths, substitution) {
      const valid = await store.queryValidPaths(paths, substitution);
      return isLate ? new Set() : valid;
    },
    addMultipleToStore(...args) {
      isLate = false;
      return store.addMultipleToStore(...args);
    },
  };
  return new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(name in changed ? changed : target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

const NO_CHECK = { near: 'destination', check: 'no-signature-check' } as const;

describe.each(SUITES)('copying from Debian %s', (suite) => {
  let source: NixHost;
  let wide: Built;
  let deep: Built;

  beforeAll(async () => {
    source = await startNixHost({ suite, name: `source-${suite}` });
    wide = await buildGraph(source, wideGraph(40, 50_000));
    deep = await buildGraph(source, deepGraph(30));
  });

  afterAll(() => source.stop());

  const copy = (
    destination: NixHost,
    request: Omit<CopyRequest, 'from' | 'to' | 'near' | 'check'>,
  ) =>
    withStores([socketStream(source), socketStream(destination)], (from, to) =>
      copyClosure({ from: from, to: to, ...NO_CHECK, ...request }),
    );

  describe.each(SUITES)('to Debian %s', (destinationSuite) => {
    let destination: NixHost;

    beforeAll(async () => {
      destination = await startNixHost({ suite: destinationSuite, name: 'destination' });
    });

    afterAll(() => destination.stop());

    it('brings the closure, says how far it is, and brings nothing twice', async () => {
      const progress: CopyProgress[] = [];
      const onProgress = (step: CopyProgress) => progress.push(step);
      const request = { roots: [wide.out], candidates: wide.candidates };
      const { paths, bytes } = await copy(destination, { ...request, onProgress });

      expect(paths).toHaveLength(41);
      expect(await destination.read(wide.out)).toBe(await source.read(wide.out));
      expect(progress.at(-1)).toEqual({ paths: 41, totalPaths: 41, bytes, totalBytes: bytes });
      await destination.output(['nix-store', '--verify', '--check-contents']);
      expect(await copy(destination, request)).toEqual({ paths: [], bytes: 0 });
    });

    it('replaces damaged roots when asked to, and nothing else that is there', async () => {
      const [dependency] = [...wide.candidates].filter((path) => path.endsWith('-p0'));
      if (dependency === undefined) throw new Error('no dependency');
      const request = { roots: [wide.out], candidates: wide.candidates };
      await copy(destination, request);
      for (const path of [wide.out, dependency]) {
        await destination.output(['sh', '-c', `echo damaged > ${path}`]);
      }
      expect((await copy(destination, request)).paths).toEqual([]);
      expect(await destination.read(wide.out)).toBe('damaged\n');

      const { paths } = await copy(destination, { ...request, repair: 'roots' });
      expect(paths.map(({ path }) => path)).toEqual([wide.out]);
      expect(await destination.read(wide.out)).toBe(await source.read(wide.out));
      expect(await destination.read(dependency)).toBe('damaged\n');

      await copy(destination, { roots: [dependency], repair: 'roots' });
      await destination.output(['nix-store', '--verify', '--check-contents']);
    });

    it('goes on where another client made some of it valid meanwhile', async () => {
      const fresh = await startNixHost({ suite: destinationSuite, name: 'raced' });
      const request = { roots: [wide.out], candidates: wide.candidates };
      const some = [...wide.candidates].filter((path) => /-p\d*[05]$/.test(path));
      try {
        await withStores([socketStream(source), socketStream(fresh)], async (from, to) => {
          await copyClosure({ from, to, ...NO_CHECK, roots: some });
          const { paths } = await copyClosure({
            from,
            to: lateToTell(to),
            ...NO_CHECK,
            ...request,
          });
          expect(paths).toHaveLength(41);
        });
        expect(await fresh.read(wide.out)).toBe(await source.read(wide.out));
        await fresh.output(['nix-store', '--verify', '--check-contents']);
      } finally {
        await fresh.stop();
      }
    });

    it('finds references that nobody knew of, level by level', async () => {
      expect((await copy(destination, { roots: [deep.out] })).paths).toHaveLength(31);
    });
  });
});

describe('copying a closure', () => {
  let source: NixHost;
  let destination: NixHost;
  let wide: Built;
  let deep: Built;

  beforeAll(async () => {
    [source, destination] = await Promise.all([
      startNixHost({ name: 'source' }),
      startNixHost({ name: 'destination' }),
    ]);
    wide = await buildGraph(source, wideGraph(60, 100_000));
    deep = await buildGraph(source, deepGraph(50));
  });

  afterAll(() => Promise.all([source.stop(), destination.stop()]));

  const small = (name: string) =>
    buildGraph(source, { top: `sh "${name}" "head -c 300000 /dev/urandom > $out"` });

  it('takes as many exchanges for a deep closure as for a wide one', async () => {
    const counts: number[] = [];
    for (const built of [wide, deep]) {
      const { stream, exchanges } = counting(
        processStream(source.spawn(['sh', '-c', 'nix-daemon --stdio'], { user: 'forced' })),
      );
      await withStores([stream, socketStream(destination)], async (from, to) => {
        // On a busy machine the greeting may come before the first question goes out, or after.
        await from.greeting;
        const before = exchanges.count;
        const { out, candidates } = built;
        await copyClosure({ from, to, ...NO_CHECK, roots: [out], candidates });
        counts.push(exchanges.count - before);
      });
    }
    expect(counts).toEqual([2, 2]);
  });

  it('reads over several channels', async () => {
    const other = await startNixHost({ name: 'other' });
    try {
      const streams = [source, source, source, other].map(socketStream);
      const { paths } = await withStores(streams, (from, second, third, to) =>
        copyClosure({
          from: from,
          to: to,
          channels: [second, third],
          ...NO_CHECK,
          roots: [wide.out],
          candidates: wide.candidates,
        }),
      );
      expect(paths).toHaveLength(61);
      expect(await other.validPaths([wide.out])).toEqual(new Set([wide.out]));
    } finally {
      await other.stop();
    }
  });

  it('uploads with one question and one stream, whatever the depth', async () => {
    const far = await startNixHost({ name: 'far' });
    try {
      const { stream, exchanges } = counting(socketStream(far));
      await withStores([socketStream(source), stream], async (from, to) => {
        await to.greeting;
        const before = exchanges.count;
        await copyClosure({
          from: from,
          to: to,
          near: 'source',
          check: 'no-signature-check',
          roots: [deep.out],
        });
        expect(exchanges.count - before).toBe(2);
      });
    } finally {
      await far.stop();
    }
  });

  it('uploads damaged roots again, and with them what is missing', async () => {
    const far = await startNixHost({ name: 'repaired' });
    const { p0: part, top } = await instantiate(source, wideGraph(3, 1000));
    if (!part || !top) throw new Error('not instantiated');
    try {
      await withStores([socketStream(source), socketStream(far)], async (from, to) => {
        const common = { from, to, near: 'source', check: 'no-signature-check' } as const;
        const upload = { ...common, repair: 'roots' } as const;
        await copyClosure({ ...common, roots: [part] });
        await far.output(['sh', '-c', `echo damaged > ${part}`]);
        const { paths } = await copyClosure({ ...upload, roots: [part, top] });
        expect(paths.map(({ path }) => path)).toEqual(expect.arrayContaining([part, top]));
        expect(await far.read(part)).toBe(await source.read(part));
      });
      await far.output(['nix-store', '--verify', '--check-contents']);
    } finally {
      await far.stop();
    }
  });

  it('names a root that is not valid', async () => {
    const copying = withStores([socketStream(source), socketStream(destination)], (from, to) =>
      copyClosure({ from: from, to: to, ...NO_CHECK, roots: [NOWHERE] }),
    );
    await expect(copying).rejects.toMatchObject({
      code: 'path-invalid',
      message: `${NOWHERE} is not valid in store 0`,
    });
  });

  it('registers nothing of a path that was damaged on the way, and names it', async () => {
    const { out } = await small('damaged');
    // the answer of the handshake and the path info come first; then the NAR's 300 kB
    const damaged = changing(socketStream(source), (chunk, offset) => {
      const at = 150_000 - offset;
      if (at < 0 || at >= chunk.length) return chunk;
      const copy = Buffer.from(chunk);
      copy[at] = (copy[at] ?? 0) ^ 1;
      return copy;
    });
    const copying = withStores([damaged, socketStream(destination)], (from, to) =>
      copyClosure({ from: from, to: to, ...NO_CHECK, roots: [out] }),
    );
    await expect(copying).rejects.toMatchObject({
      code: 'nar-hash-mismatch',
      message: expect.stringContaining(out) as string,
    });
    expect(await destination.validPaths([out])).toEqual(new Set());
  });

  it('names the signature that is missing, and the side, and goes on', async () => {
    const { out } = await small('unsigned');
    const untrusted = processStream(destination.stdioDaemon('ci'));
    await withStores([socketStream(source), untrusted], async (from, to) => {
      const copying = copyClosure({
        from: from,
        to: to,
        near: 'destination',
        check: 'check-signatures',
        roots: [out],
      });
      await expect(copying).rejects.toMatchObject({
        code: 'signature-required',
        message: expect.stringMatching(new RegExp(`^store 1: .*${out}`)) as string,
      });
      expect(await to.queryValidPaths([out])).toEqual(new Set());
    });
  });

  it('says on which side a disk is full', async () => {
    const tiny = await startNixHost({ name: 'tiny', nixSize: '12m' });
    const big = await buildGraph(source, {
      top: 'sh "big" "head -c 20000000 /dev/urandom > $out"',
    });
    try {
      const copying = withStores([socketStream(source), socketStream(tiny)], (from, to) =>
        copyClosure({ from: from, to: to, ...NO_CHECK, roots: [big.out] }),
      );
      await expect(copying).rejects.toMatchObject({
        code: 'disk-full',
        message: expect.stringMatching(/^store 1: .*No space left on device/) as string,
      });
    } finally {
      await tiny.stop();
    }
  });

  it('ends at once when it is aborted, and what was in flight is not registered', async () => {
    const { out } = await buildGraph(source, {
      top: 'sh "aborted" "head -c 50000000 /dev/zero > $out"',
    });
    const abort = new AbortController();
    const copying = withStores([socketStream(source), socketStream(destination)], (from, to) =>
      copyClosure({
        from: from,
        to: to,
        ...NO_CHECK,
        roots: [out],
        signal: abort.signal,
        onProgress: ({ bytes }) => {
          if (bytes > 1_000_000) abort.abort();
        },
      }),
    );
    await expect(copying).rejects.toMatchObject({ code: 'cancelled' });
    expect(await destination.validPaths([out])).toEqual(new Set());
  });

  it('ends when the source goes away, with that as the reason', async () => {
    const { out } = await buildGraph(source, {
      top: 'sh "cut" "head -c 50000000 /dev/zero > $out"',
    });
    const daemon = source.stdioDaemon('root');
    let killing: Promise<void> | undefined;
    const copying = withStores([processStream(daemon), socketStream(destination)], (from, to) =>
      copyClosure({
        from: from,
        to: to,
        ...NO_CHECK,
        roots: [out],
        onProgress: ({ bytes }) => {
          if (bytes > 1_000_000) killing ??= daemon.signal('SIGKILL');
        },
      }),
    );
    await expect(copying).rejects.toMatchObject({
      code: 'connection-lost',
      message: expect.stringMatching(/^store 0: /) as string,
    });
    await killing;
    expect(await destination.validPaths([out])).toEqual(new Set());
  });
});
