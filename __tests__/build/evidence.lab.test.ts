import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { Duplex, Transform } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recipes, startNixHost, SUITES, type Attributes, type NixHost } from '../../lab/index.ts';
import { gatherEvidence, type LocalSide, type RemoteSide } from '../../src/build/evidence.ts';
import { trustOf } from '../../src/build/machine-trust.ts';
import type { Target } from '../../src/build/target.ts';
import type { ByteStream } from '../../src/domain/byte-stream.ts';
import { machineOfStore } from '../../src/domain/machine.ts';
import { parseStorePath, type DrvPath, type StorePath } from '../../src/domain/store-path.ts';
import { parseStoreUri } from '../../src/domain/store-uri.ts';
import { parseSystem } from '../../src/domain/system.ts';
import { parseNixVersion } from '../../src/nix/version.ts';
import { parseSettings, type NixSettings } from '../../src/nix/settings.ts';
import { decide } from '../../src/plan/decide.ts';
import type { Evidence, StoreContents } from '../../src/plan/evidence.ts';
import type { Known } from '../../src/plan/units.ts';
import { openStore } from '../../src/store/daemon-store.ts';
import { buildOut, instantiate } from '../store/graphs.ts';
import { counting, processStream, socketStream } from '../store/streams.ts';

const MACHINE = machineOfStore(parseStoreUri('ssh-ng://ci@builder'));

async function settingsOf(host: NixHost): Promise<NixSettings | undefined> {
  const flags = ['--json', '--extra-experimental-features', 'nix-command'];
  const { stdout } = await host.run([
    'sh',
    '-c',
    'nix config show "$@" || nix show-config "$@"',
    'sh',
    ...flags,
  ]);
  return parseSettings(stdout);
}

/** A session of its own, closed by the stack. */
function localSide(
  host: NixHost,
  stream: ByteStream,
  user: string,
  opened: DisposableStack,
): LocalSide {
  const store = openStore(stream, { label: 'the local store' });
  opened.defer(() => store.close());
  const version = parseNixVersion(`nix (Nix) ${host.root.nixVersion}`);
  if (!version) throw new Error(host.root.nixVersion);
  return {
    store,
    isTrusted: trustOf(store).then(({ trust }) => trust === 'trusted'),
    system: parseSystem('x86_64-linux'),
    user,
    settings: settingsOf(host),
    version: Promise.resolve(version),
    canStartDaemon: Promise.resolve(false),
    maxJobs: undefined,
    folder: host.path('/nix/store'),
    readDerivation: (path) => readFile(host.path(path), 'utf8'),
  };
}

function remoteSide(
  stream: ByteStream,
  settings: Promise<NixSettings | undefined>,
  opened: DisposableStack,
): RemoteSide {
  const session = openStore(stream, { label: 'the remote' });
  opened.defer(() => session.close());
  const trust = trustOf(session);
  trust.catch(() => undefined); // waited for only when evidence is gathered
  return { machine: MACHINE, session: Promise.resolve(session), trust, settings, roundTripMs: 12 };
}

async function build(host: NixHost, drvPath: DrvPath | undefined): Promise<StorePath> {
  const store = openStore(socketStream(host), { label: host.name });
  try {
    if (!drvPath) throw new Error('nothing was instantiated');
    return await buildOut(store, drvPath);
  } finally {
    store.close();
  }
}

async function narSizes(
  host: NixHost,
  paths: readonly StorePath[],
): Promise<ReadonlyMap<StorePath, number>> {
  const sizes = await host.output(['nix-store', '--query', '--size', ...paths]);
  const numbers = sizes.split('\n').map(Number);
  return new Map(paths.map((path, index) => [path, numbers[index] ?? NaN]));
}

/** What an output is named in a derivation's file. */
async function outputOf(host: NixHost, drvPath: DrvPath | undefined): Promise<StorePath> {
  return parseStorePath(await host.output(['nix-store', '--query', '--outputs', `${drvPath}`]));
}

function target(key: DrvPath | undefined, out: StorePath, copy: Target['copy'] = 'copy'): Target {
  if (!key) throw new Error('nothing was instantiated');
  return { key, outputs: new Map([['out', out]]), copy };
}

function validIn(
  contents: Known<StoreContents> | undefined,
  paths: readonly StorePath[],
): readonly boolean[] {
  if (contents === undefined || contents === 'unknown') throw new Error('nothing is known');
  return paths.map((path) => contents.valid.has(path));
}

function factsIn(contents: Known<StoreContents> | undefined): StoreContents['facts'] {
  if (contents === undefined || contents === 'unknown') throw new Error('nothing is known');
  return contents.facts;
}

describe.each(SUITES)('with the Nix of Debian %s on both sides', (suite) => {
  let runner: NixHost;
  let builder: NixHost;
  let there: StorePath;
  let both: StorePath;
  let here: StorePath;
  let app: StorePath;
  let drvs: Record<string, DrvPath>;

  const attributes: Attributes = {
    there: recipes.file('there', 1_000_000),
    both: recipes.file('both', 200_000),
    here: recipes.file('here', 30_000),
    app: recipes.script('app', 'cat ${there} ${both} ${here} > $out'),
  };

  beforeAll(async () => {
    [runner, builder] = await Promise.all([
      startNixHost({ suite, name: 'runner' }),
      startNixHost({ suite, name: 'builder', maxJobs: 3 }),
    ]);
    drvs = await instantiate(runner, attributes);
    await instantiate(builder, attributes);
    [there, both, here] = await Promise.all([
      build(builder, drvs['there']),
      build(builder, drvs['both']),
      build(runner, drvs['here']),
    ]);
    await build(runner, drvs['both']);
    app = await outputOf(runner, drvs['app']);
  });

  afterAll(async () => {
    await Promise.all([runner.stop(), builder.stop()]);
  });

  it('what is where, and how large, is found out in two exchanges', async () => {
    using opened = new DisposableStack();
    const counted = counting(socketStream(builder));
    const remote = remoteSide(counted.stream, settingsOf(builder), opened);
    const local = localSide(runner, socketStream(runner), 'root', opened);
    await remote.trust; // as it comes during evaluation
    const before = counted.exchanges.count;
    const evidence = await gatherEvidence({ local, remotes: [remote] }, [target(drvs['app'], app)]);
    expect(counted.exchanges.count - before).toBe(2);

    const paths = [there, both, here, app];
    const [side] = evidence.remotes;
    expect(validIn(evidence.local.contents, paths)).toEqual([false, true, true, false]);
    expect(validIn(side?.contents, paths)).toEqual([true, true, false, false]);
    expect(validIn(side?.contents, Object.values(drvs))).toEqual([true, true, true, true]);

    const sizes = await narSizes(runner, [both, here, ...Object.values(drvs)]);
    const facts = factsIn(evidence.local.contents);
    expect([both, here].map((path) => facts.get(path)?.size)).toEqual(
      [both, here].map((path) => sizes.get(path)),
    );
    const steps = [...evidence.work.derivations];
    expect(steps.map(([path, { size }]) => [path, size])).toEqual(
      steps.map(([path]) => [path, sizes.get(path)]),
    );
    expect(
      [...factsIn(side?.contents)].map(([path, { size, references }]) => [path, size, references]),
    ).toEqual([[there, (await narSizes(builder, [there])).get(there), []]]);
    expect(side).toMatchObject({
      slots: 3,
      outputsAccepted: true,
      link: { roundTripMs: 12, up: 'unknown' },
    });
    expect(evidence.local).toMatchObject({ builders: { kind: 'possible' }, slots: 4 });
    expect(evidence.local.freeBytes).toBeGreaterThan(1e6);
  });

  it('the bytes that are predicted are those that would move', async () => {
    using opened = new DisposableStack();
    const evidence = await gather([target(drvs['app'], app, 'leave')], opened);
    const { predictions } = decide(evidence);
    const sizes = await narSizes(builder, [there]);
    const own = await narSizes(runner, [here]);
    const up = Object.fromEntries(predictions.map((each) => [each.mode, each.bytesUp.least]));
    const down = Object.fromEntries(predictions.map((each) => [each.mode, each.bytesDown.least]));
    expect(down).toEqual({ 'remote-store': 0, builders: sizes.get(there) });
    // All derivations are there; to builders go the input that only this side has, and two derivations.
    const files = steps(evidence, ['there', 'app']);
    expect(up).toEqual({ 'remote-store': 0, builders: (own.get(here) ?? 0) + files });
  });

  it('an ordinary user is told that his daemon does not take builders', async () => {
    using opened = new DisposableStack();
    const stream = processStream(runner.stdioDaemon('ci'));
    const local = localSide(runner, stream, 'ci', opened);
    const remote = remoteSide(socketStream(builder), settingsOf(builder), opened);
    const evidence = await gatherEvidence({ local, remotes: [remote] }, [target(drvs['app'], app)]);
    expect(evidence.local.builders).toEqual({
      kind: 'impossible',
      why: "the local Nix daemon does not trust user 'ci', and sudo starts no private one",
    });
    expect(evidence.remotes[0]?.outputsAccepted).toBe(false);
  });

  it('nothing is done in a store: no path is substituted, built or added', async () => {
    using opened = new DisposableStack();
    const before = await Promise.all([runner.allPaths(), builder.allPaths()]);
    await gather([target(drvs['app'], app)], opened);
    expect(await Promise.all([runner.allPaths(), builder.allPaths()])).toEqual(before);
  });

  function gather(targets: readonly Target[], opened: DisposableStack): Promise<Evidence> {
    const local = localSide(runner, socketStream(runner), 'root', opened);
    const remote = remoteSide(socketStream(builder), settingsOf(builder), opened);
    return gatherEvidence({ local, remotes: [remote] }, targets);
  }

  function steps({ work }: Evidence, names: readonly string[]): number {
    return names.reduce((total, name) => {
      const drvPath = drvs[name];
      return total + ((drvPath && work.derivations.get(drvPath)?.size) ?? 0);
    }, 0);
  }
});

describe('a remote', () => {
  const COUNT = 130;
  const LIMIT_MS = 400;
  let runner: NixHost;
  let builder: NixHost;
  let drvs: Record<string, DrvPath>;
  let app: StorePath;
  /** What counts as substituters. */
  const cache = createServer((socket) => socket.destroy());
  let asked = 0;

  beforeAll(async () => {
    cache.on('connection', () => (asked += 1));
    await once(cache.listen(0, '127.0.0.1'), 'listening');
    const { port } = cache.address() as AddressInfo;
    const substituters = [`http://127.0.0.1:${port}`];
    [runner, builder] = await Promise.all([
      startNixHost({ name: 'runner', substituters }),
      startNixHost({ name: 'builder', substituters }),
    ]);
    const parts = recipes.wide(COUNT, 10);
    const attributes = { ...parts, app: recipes.closure('app', Object.keys(parts)) };
    drvs = await instantiate(runner, attributes);
    await instantiate(builder, attributes);
    app = await outputOf(runner, drvs['app']);
    // Building would ask the cache.
    await builder.configure(['substitute = false']);
    await build(builder, drvs['app']);
    await builder.configure(['substitute = true']);
    asked = 0;
  });

  afterAll(async () => {
    cache.close();
    await Promise.all([runner.stop(), builder.stop()]);
  });

  async function gatherFrom(
    stream: ByteStream,
    limitMs?: number,
  ): Promise<{ evidence: Evidence; ms: number }> {
    using opened = new DisposableStack();
    const local = localSide(runner, socketStream(runner), 'root', opened);
    const remote = remoteSide(stream, settingsOf(builder), opened);
    await local.settings;
    const start = performance.now();
    const evidence = await gatherEvidence({ local, remotes: [remote], limitMs }, [
      target(drvs['app'], app),
    ]);
    return { evidence, ms: performance.now() - start };
  }

  it('does not ask its substituters, nor does the runner', async () => {
    const { evidence } = await gatherFrom(socketStream(builder));
    expect(factsIn(evidence.remotes[0]?.contents).size).toBe(COUNT + 1);
    expect(evidence.remotes[0]?.substitution).toEqual({ keyNames: new Set() });
    expect(asked).toBe(0);
  });

  it('that is silent holds nobody up: what it has is unknown, and the decision says so', async () => {
    const { evidence, ms } = await gatherFrom(cutAfter(socketStream(builder), 0), LIMIT_MS);
    expect(ms).toBeGreaterThan(LIMIT_MS - 10);
    expect(ms).toBeLessThan(LIMIT_MS + 10_000);
    expect(evidence.remotes[0]).toMatchObject({ contents: 'unknown', trust: 'unknown', slots: 4 });
    expect(evidence.local.contents).not.toBe('unknown');
    const { mode, reason } = decide(evidence);
    expect(mode).toBe('remote-store');
    expect(reason).toContain('ssh-ng://ci@builder did not say in time what is there');
  });

  it('to which no session opens holds nobody up either', async () => {
    using opened = new DisposableStack();
    const local = localSide(runner, socketStream(runner), 'root', opened);
    const never = new Promise<never>(() => undefined);
    const settings = settingsOf(builder);
    const remote = { machine: MACHINE, session: never, trust: never, settings, roundTripMs: 12 };
    const start = performance.now();
    const options = { local, remotes: [remote], limitMs: LIMIT_MS };
    const evidence = await gatherEvidence(options, [target(drvs['app'], app)]);
    expect(performance.now() - start).toBeLessThan(LIMIT_MS + 10_000);
    expect(evidence.remotes[0]).toMatchObject({ contents: 'unknown', trust: 'unknown' });
  });

  it('that falls silent in the middle has told what it has told', async () => {
    let received = 0;
    const whole = await gatherFrom(observed(socketStream(builder), (bytes) => (received += bytes)));
    expect(whole.evidence.remotes[0]?.contents).not.toBe('unknown');
    const { evidence, ms } = await gatherFrom(
      cutAfter(socketStream(builder), received - 100),
      LIMIT_MS,
    );
    expect(ms).toBeLessThan(LIMIT_MS + 10_000);
    const contents = evidence.remotes[0]?.contents;
    expect(validIn(contents, [app])).toEqual([true]);
    expect(factsIn(contents).size).toBe(100);
    const builders = decide(evidence).predictions.find(({ mode }) => mode === 'builders');
    expect(builders?.assumptions).toContain('31 outputs of unknown size taken as 1.0 MB each');
  });

  it('that ends the session is as good as silent, without waiting', async () => {
    const { evidence, ms } = await gatherFrom(processStream(builder.spawn(['true'])), 60_000);
    expect(ms).toBeLessThan(30_000);
    expect(evidence.remotes[0]?.contents).toBe('unknown');
  });
});

/** The same stream; what comes down is heard of. */
function observed(inner: ByteStream, hear: (bytes: number) => void): ByteStream {
  return through(inner, (chunk) => {
    hear(chunk.length);
    return chunk;
  });
}

/** The same stream, from whose far side no more than so many bytes come, and then nothing, not even an end. */
function cutAfter(inner: ByteStream, limit: number): ByteStream {
  let left = limit;
  return through(inner, (chunk) => {
    const passed = chunk.subarray(0, left);
    left -= passed.length;
    return passed;
  });
}

function through(inner: ByteStream, change: (chunk: Buffer) => Buffer): ByteStream {
  const { duplex } = inner;
  const down = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      done(null, change(chunk));
    },
  });
  const outer = Duplex.from({ readable: duplex.pipe(down), writable: duplex });
  for (const stream of [down, duplex]) stream.on('error', () => undefined); // seen as the end of the whole
  outer.on('close', () => duplex.destroy());
  return { duplex: outer, diagnostics: () => inner.diagnostics() };
}
