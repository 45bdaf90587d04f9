import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type NixHost, startNixHost, SUITES } from '../../lab/index.ts';
import type { DaemonEvent } from '../../src/domain/activity.ts';
import { RESULT } from '../../src/domain/activity.ts';
import type { ActionError } from '../../src/domain/errors.ts';
import { type DrvPath, parseStorePath } from '../../src/domain/store-path.ts';
import { NixError } from '../../src/protocol/daemon-error.ts';
import { openStore } from '../../src/store/daemon-store.ts';
import type { DaemonOptions, Store } from '../../src/store/store.ts';
import { buildOut, instantiate } from './graphs.ts';
import { counting, processStream, socketStream } from './streams.ts';

const NOWHERE = parseStorePath('/nix/store/00000000000000000000000000000000-nowhere');

const OPTIONS: DaemonOptions = {
  keepFailed: false,
  keepGoing: true,
  tryFallback: false,
  verbosity: 3,
  verboseBuild: true,
  maxBuildJobs: 2,
  maxSilentTime: 0,
  buildCores: 7,
  useSubstitutes: true,
  overrides: new Map(),
};

describe.each(SUITES)('the daemon of Debian %s', (suite) => {
  let host: NixHost;
  let store: Store;
  let drvs: Record<string, DrvPath>;

  const built = (name: string, outputs: 'all' | string[] = 'all') =>
    ({ kind: 'built', drvPath: drv(name), outputs }) as const;

  function drv(name: string): DrvPath {
    const path = drvs[name];
    if (!path) throw new Error(`no ${name}`);
    return path;
  }

  beforeAll(async () => {
    host = await startNixHost({ suite, name: suite });
    store = openStore(socketStream(host), { label: `store of ${suite}` });
    drvs = await instantiate(host, {
      hello: 'sh "hello" "echo saying hello; echo hello > $out"',
      user: 'sh "user" "cat ${hello} > $out; echo ${hello} >> $out"',
      two: 'shWith "two" { outputs = [ "out" "dev" ]; } "echo 1 > $out; echo 2 > $dev"',
      bad: 'sh "bad" "echo about to fail; exit 3"',
      needsBad: 'sh "needs-bad" "cat ${bad} > $out"',
      cores: 'sh "cores" "echo $NIX_BUILD_CORES > $out"',
      plain: 'sh "plain" "echo plainly; echo > $out"',
      talkative: `sh "talkative" "yes ${'x'.repeat(199)} | head -n 50000; echo > $out"`,
      random: 'sh "random" "head -c 8 /dev/urandom > $out"',
    });
  });

  afterAll(async () => {
    store.close();
    await host.stop();
  });

  it('greets with its version and, where the protocol has it, trust', async () => {
    const greeting = await store.greeting;
    expect(greeting.nixVersion).toBe(host.root.nixVersion);
    const isNewer = greeting.protocolVersion >= 0x123;
    expect(greeting.trust).toBe(isNewer ? 'trusted' : 'unknown');
    expect(greeting.protocolVersion).toBe(isNewer ? 0x125 : 0x122);
  });

  it('says of an ordinary user, by a program, that it is untrusted', async () => {
    // Nix before 2.20 splices, which takes pipes; Node's are socket pairs
    const daemon = host.spawn(['sh', '-c', 'cat | nix-daemon --stdio | cat'], { user: 'ci' });
    const session = openStore(processStream(daemon), { label: 'ci' });
    const { trust, protocolVersion } = await session.greeting;
    expect(trust).toBe(protocolVersion >= 0x123 ? 'untrusted' : 'unknown');
    session.close();
  });

  it('answers what was asked with the handshake, in one exchange', async () => {
    const { stream, exchanges } = counting(socketStream(host));
    const session = openStore(stream, { label: 'counted' });
    const [valid, infos] = await Promise.all([
      session.queryValidPaths([drv('hello'), NOWHERE]),
      session.queryPathInfos([drv('user'), NOWHERE]),
    ]);
    expect([...valid]).toEqual([drv('hello')]);
    expect([...infos.keys()]).toEqual([drv('user')]);
    expect(infos.get(drv('user'))?.references).toContain(drv('hello'));
    expect(exchanges.count).toBe(1);
    session.close();
  });

  it('answers a thousand requests in one exchange', async () => {
    const { stream, exchanges } = counting(socketStream(host));
    const session = openStore(stream, { label: 'counted' });
    await session.greeting;
    const before = exchanges.count;
    const infos = await session.queryPathInfos(Array.from({ length: 1000 }, () => drv('hello')));
    expect(infos.size).toBe(1);
    // the daemon answers while we still send
    expect(exchanges.count - before).toBeLessThan(4);
    session.close();
  });

  it('says what a build would take', async () => {
    const { willBuild, willSubstitute, unknown } = await store.queryMissing([built('user')]);
    expect(new Set(willBuild)).toEqual(new Set([drv('user'), drv('hello')]));
    expect([willSubstitute, unknown]).toEqual([[], []]);
  });

  it('builds, and tells of it', async () => {
    const events: DaemonEvent[] = [];
    const hear = (event: DaemonEvent) => void events.push(event);
    const results = await store.build([built('hello', ['out'])], 'normal', hear);
    expect(results).toMatchObject([
      { status: 'built', errorMessage: '', path: built('hello', ['out']) },
    ]);
    expect([...(results[0]?.outputs.keys() ?? [])]).toEqual(['out']);
    const lines = events.filter((e) => e.kind === 'result' && e.type === RESULT.buildLogLine);
    expect(lines).toMatchObject([{ fields: ['saying hello'] }]);

    expect(await store.build([built('hello', ['out'])], 'normal')).toMatchObject([
      { status: 'already-valid' },
    ]);
  });

  it('gives each failure its status', async () => {
    await store.setOptions(OPTIONS);
    const results = await store.build([built('bad'), built('needsBad'), built('two')], 'normal');
    const statuses = new Map(
      results.map(({ path, status }) => [path.kind === 'built' ? path.drvPath : '', status]),
    );
    expect(statuses.get(drv('bad'))).toBe('permanent-failure');
    expect(statuses.get(drv('needsBad'))).toBe('dependency-failed');
    expect(statuses.get(drv('two'))).toBe('built');
    expect(results.find(({ status }) => status === 'permanent-failure')?.errorMessage).toMatch(
      /exit code .*3/,
    );
  });

  it('builds by BuildPaths, and says what failed in its own words', async () => {
    const lines: unknown[] = [];
    const hear = (event: DaemonEvent) => {
      if (event.kind === 'result' && event.type === RESULT.buildLogLine) lines.push(event.fields);
    };
    await store.buildPaths([built('plain')], 'normal', hear);
    expect(lines).toEqual([['plainly']]);
    const failing = store.buildPaths([built('plain'), built('bad')], 'normal');
    const error: unknown = await failing.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'daemon-error' });
    expect((error as ActionError).cause).toBeInstanceOf(NixError);
    expect((error as ActionError).cause).toMatchObject({
      message: expect.stringContaining(drv('bad')) as string,
    });
  });

  it('waits with a build for who listens slowly', async () => {
    const socket = connect(host.socketPath);
    const session = openStore({ duplex: socket, diagnostics: () => '' }, { label: 'slow' });
    const isDone = Promise.withResolvers<undefined>();
    let lines = 0;
    const hear = (event: DaemonEvent): void | Promise<void> => {
      if (event.kind !== 'result' || event.type !== RESULT.buildLogLine) return;
      lines += 1;
      if (lines === 1) return isDone.promise;
    };
    const building = session.build([built('talkative')], 'normal', hear);
    await expect.poll(() => lines, { timeout: 10_000 }).toBe(1);
    await setTimeout(1500);
    expect(await host.builds()).not.toEqual([]);
    expect([lines, socket.bytesRead < 1_000_000]).toEqual([1, true]);
    isDone.resolve(undefined);
    expect(await building).toMatchObject([{ status: 'built' }]);
    expect(lines).toBe(50_000);
    session.close();
  });

  it('finds out what is not deterministic', async () => {
    const out = await buildOut(store, drv('random'));
    const [result] = await store.build([built('random')], 'check');
    expect(result?.status).toBe('not-deterministic');
    expect([...(await store.queryValidPaths([out]))]).toEqual([out]);
  });

  it('hears SetOptions', async () => {
    await store.setOptions(OPTIONS);
    const out = await buildOut(store, drv('cores'));
    expect(await host.read(out)).toBe('7\n');
  });

  it('gives NARs that are right, and the paths of outputs', async () => {
    const out = await buildOut(store, drv('user'));
    const infos = [...(await store.queryPathInfos([out, drv('user'), drv('hello')])).values()];
    const sizes = new Map<string, number>();
    for await (const { info, nar } of store.nars(infos)) {
      let size = 0;
      for await (const chunk of nar) size += chunk.length;
      sizes.set(info.path, size);
    }
    expect(sizes).toEqual(new Map(infos.map(({ path, narSize }) => [path, narSize])));
  });

  it('goes on after NARs that nobody took', async () => {
    const paths = [drv('user'), drv('hello'), drv('bad')];
    const infos = [...(await store.queryPathInfos(paths)).values()];
    for await (const { info } of store.nars(infos)) {
      expect(info.path).toBe(paths[0]);
      break;
    }
    expect((await store.queryValidPaths(paths)).size).toBe(3);
  });

  it('fails one request and goes on with the others', async () => {
    const [refused, valid] = await Promise.allSettled([
      store.ensurePaths([NOWHERE]),
      store.queryValidPaths([drv('hello')]),
    ]);
    expect(refused).toMatchObject({
      status: 'rejected',
      reason: { code: 'daemon-error', message: expect.stringContaining(NOWHERE) as string },
    });
    expect(valid).toMatchObject({ status: 'fulfilled' });
  });

  it('takes roots and signatures', async () => {
    const out = await buildOut(store, drv('hello'));
    await host.output(['ln', '-s', out, '/root/result']);
    await store.addTempRoots([out]);
    await store.addIndirectRoot('/root/result');
    expect(await host.output(['nix-store', '--query', '--roots', out])).toContain('/root/result');

    const signature = `test-1:${Buffer.alloc(64).toString('base64')}`;
    await store.addSignatures(out, [signature]);
    const info = (await store.queryPathInfos([out])).get(out);
    expect(info?.signatures).toContain(signature);
  });

  it('ends a build when the session is closed, and says so to all who wait', async () => {
    const session = openStore(socketStream(host), { label: 'closing' });
    const { slow } = await instantiate(host, { slow: 'sh "slow" "echo started; sleep 60"' });
    if (!slow) throw new Error('not instantiated');
    const started = Promise.withResolvers<undefined>();
    const build = session.build(
      [{ kind: 'built', drvPath: slow, outputs: 'all' }],
      'normal',
      (e) => {
        if (e.kind === 'result' && e.type === RESULT.buildLogLine) started.resolve(undefined);
      },
    );
    const query = session.queryValidPaths([slow]);
    const settled = Promise.allSettled([build, query]);
    await started.promise;
    session.close();
    expect(await settled).toMatchObject([
      { reason: { code: 'cancelled' } },
      { reason: { code: 'cancelled' } },
    ]);
    await expect.poll(() => host.builds(), { timeout: 10_000 }).toEqual([]);
  });

  it('that dies is reported as lost to all who wait', async () => {
    const daemon = host.stdioDaemon('root');
    const session = openStore(processStream(daemon), { label: 'dying' });
    await session.greeting;
    const { slow } = await instantiate(host, { slow: 'sh "slow2" "sleep 60"' });
    if (!slow) throw new Error('not instantiated');
    const waiting = Promise.allSettled([
      session.build([{ kind: 'built', drvPath: slow, outputs: 'all' }], 'normal'),
      session.queryValidPaths([slow]),
    ]);
    await daemon.signal('SIGKILL');
    expect(await waiting).toMatchObject([
      { reason: { code: 'connection-lost', message: expect.stringMatching(/^dying: /) as string } },
      { reason: { code: 'connection-lost' } },
    ]);
  });
});
