import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type NixHost, recipes, startNixHost, until, writeFlake } from '../../lab/index.ts';
import { ACTIVITY, RESULT } from '../../src/domain/activity.ts';
import type { BuildResult } from '../../src/domain/build-result.ts';
import { ActionError } from '../../src/domain/errors.ts';
import type { BuildRequest, OffloadClient, TakeOver } from '../../src/offload/take-over.ts';
import { openStore } from '../../src/store/daemon-store.ts';
import { TESTED_SUITES } from '../helpers/suites.ts';
import { localStream, passing, TestSocket } from './socket.ts';

const FLAKE = '/tmp/flake';
const WITH_NIX_BUILD = `(builtins.getFlake "path:${FLAKE}").packages.\${builtins.currentSystem}`;

const HOSTS = [
  ...TESTED_SUITES.map((suite) => ({ suite, nix: 'daemon' }) as const),
  { suite: 'sid', nix: 'user-owned' } as const,
];

describe.each(HOSTS)('builds that are taken over, $suite with Nix as $nix', ({ suite, nix }) => {
  let host: NixHost;
  let socket: TestSocket;
  let takeOver: TakeOver;
  let taken: { request: BuildRequest; client: OffloadClient }[];

  beforeAll(async () => {
    host = await startNixHost({ suite, nix, name: `${suite}-${nix}` });
    socket = await TestSocket.serve(host, (request, client) => {
      taken.push({ request, client });
      return takeOver(request, client);
    });
    const names = Array.from({ length: 12 }, (_, index) => `fresh${index}`);
    await writeFlake(
      host,
      FLAKE,
      {
        ...Object.fromEntries(names.map((name) => [name, recipes.file(name, 100)])),
        two: recipes.multipleOutputs('two', ['out', 'dev']),
        imported: recipes.importFromDerivation('imported'),
      },
      host.owner,
    );
  });

  beforeEach(() => {
    taken = [];
    takeOver = passing;
  });

  afterAll(async () => {
    await socket.server.close();
    await host.stop();
  });

  const build = (...more: readonly string[]) =>
    socket.run(['nix', 'build', '--no-link', ...more], { cwd: FLAKE });
  const drvPath = (name: string) =>
    host.output(['nix', 'eval', '--raw', `path:${FLAKE}#${name}.drvPath`], { user: host.owner });

  it('are those of `nix build`, with what it was asked for', async () => {
    const { code } = await build('path:.#fresh0', '--cores', '7', '--max-silent-time', '60');
    expect(code).toBe(0);
    expect(taken.map(({ request }) => request)).toEqual([
      {
        operation: 'BuildPathsWithResults',
        mode: 'normal',
        paths: [{ kind: 'built', drvPath: await drvPath('fresh0'), outputs: ['out'] }],
      },
    ]);
    expect(taken[0]?.client.options).toMatchObject({
      keepGoing: false,
      buildCores: 7,
      maxSilentTime: 60,
    });
  });

  it('are those of `nix-build --keep-going`', async () => {
    const argv = ['nix-build', '--no-out-link', '--keep-going', '-E', WITH_NIX_BUILD, '-A', 'two'];
    await socket.output(argv);
    expect(taken).toMatchObject([
      {
        request: {
          operation: expect.stringMatching(/^BuildPaths/) as string,
          paths: [{ drvPath: await drvPath('two') }],
        },
        client: { options: { keepGoing: true } },
      },
    ]);
  });

  it('are those of an import from a derivation', async () => {
    await socket.output(['nix', 'eval', '--raw', `path:${FLAKE}#imported.drvPath`]);
    expect(taken.map(({ request }) => request.operation)).toEqual(['BuildPaths']);
  });

  it('are those of `nix build --rebuild`', async () => {
    await socket.output(['nix', 'build', '--no-link', '--rebuild', `path:${FLAKE}#fresh0`]);
    expect(taken.at(-1)?.request.mode).toBe('check');
  });

  it('fail with the words of the answer', async () => {
    takeOver = () => Promise.resolve({ kind: 'error', message: 'the words\nof the answer' });
    const { code, stderr } = await build('path:.#fresh1');
    expect(code).toBe(1);
    expect(stderr).toMatch(/error: the words\n\s*of the answer/);
  });

  it('fail with what is thrown, hint included', async () => {
    takeOver = () =>
      Promise.reject(new ActionError('host-unreachable', 'no way there', { hint: 'Go by foot.' }));
    const { code, stderr } = await build('path:.#fresh1');
    expect(code).toBe(1);
    expect(stderr).toMatch(/error: no way there\n\s*Go by foot\./);
  });

  it('fail one by one', async () => {
    takeOver = ({ paths }) =>
      Promise.resolve({
        kind: 'results',
        results: paths.map((path): BuildResult => ({
          path,
          status: 'permanent-failure',
          errorMessage: 'it did not work out',
          timesBuilt: 1,
          isNonDeterministic: false,
          startTime: 1,
          stopTime: 2,
          cpuUser: undefined,
          cpuSystem: undefined,
          outputs: new Map(),
          realisations: new Map(),
        })),
      });
    const { code, stderr } = await build('path:.#fresh2', 'path:.#fresh3');
    expect(code).toBe(1);
    expect(stderr).toContain('it did not work out');
  });

  it('succeed where somebody else has built', async () => {
    const elsewhere = openStore(await localStream(host), { label: 'another session' });
    takeOver = async ({ operation, paths, mode }) => {
      const results = await elsewhere.build(paths, mode);
      return operation === 'BuildPaths' ? { kind: 'built' } : { kind: 'results', results };
    };
    const out = await socket.output(
      ['nix', 'build', '--json', '--out-link', '/tmp/built', 'path:.#fresh4'],
      { cwd: FLAKE },
    );
    expect(JSON.parse(out)).toMatchObject([{ drvPath: await drvPath('fresh4') }]);
    expect(await host.output(['head', '-n', '1', '/tmp/built'])).toBe('fresh4');
    const argv = ['nix-build', '--no-out-link', '-E', WITH_NIX_BUILD, '-A', 'fresh5'];
    expect(await socket.output(argv)).toMatch(/-fresh5$/);
    expect(taken.length).toBeGreaterThanOrEqual(2);
    elsewhere.close();
  });

  it('ask the local store in between', async () => {
    const seen: unknown[] = [];
    takeOver = async (request, { store }) => {
      const { willBuild } = await store.queryMissing(request.paths);
      const valid = await store.queryValidPaths(willBuild);
      seen.push(willBuild.length, [...valid].length, (await store.greeting).nixVersion);
      return { kind: 'pass' };
    };
    expect((await build('path:.#fresh6')).code).toBe(0);
    const { protocolVersion } = (await taken[0]?.client.store.greeting) ?? { protocolVersion: 0 };
    const version = protocolVersion < 0x121 ? undefined : host.root.nixVersion;
    expect(seen).toEqual([1, 1, version]);
  });

  it('may leave questions open: their answers do not reach the client', async () => {
    takeOver = (request, { store }) => {
      for (let each = 0; each < 100; each++) void store.queryMissing(request.paths);
      return Promise.resolve({ kind: 'pass' });
    };
    const { code, stderr } = await build('path:.#fresh7');
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('error')]);
  });

  it('are heard: activities under ids of their own, and messages', async () => {
    const id = 7n;
    takeOver = async (request, { hear }) => {
      const [path] = request.paths;
      const drv = path?.kind === 'built' ? path.drvPath : '';
      await hear({
        kind: 'start',
        id,
        level: 3,
        type: ACTIVITY.build,
        text: 'building elsewhere',
        fields: [drv, 'elsewhere', 1n, 1n],
        parent: 0n,
      });
      await hear({ kind: 'result', id, type: RESULT.buildLogLine, fields: ['a line of log'] });
      await hear({ kind: 'stop', id });
      await hear({ kind: 'message', text: 'and a message\n' });
      return { kind: 'pass' };
    };
    const { stderr } = await build('--log-format', 'internal-json', '-v', 'path:.#fresh8');
    const lines = stderr.split('\n').filter((line) => line.startsWith('@nix '));
    const foreign = `"id":${(1n << 62n) | id}`;
    const heard = lines.filter((line) => line.includes(foreign));
    expect(heard.map((line) => /"action":"(\w+)"/.exec(line)?.[1])).toEqual([
      'start',
      'result',
      'stop',
    ]);
    expect(heard[0]).toContain('building elsewhere');
    expect(heard[1]).toContain('a line of log');
    expect(lines.some((line) => line.includes('and a message'))).toBe(true);
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
    'end with a client that %s ends',
    async (signal) => {
      takeOver = (_, client) =>
        new Promise((resolve) => {
          client.signal.addEventListener('abort', () => resolve({ kind: 'pass' }));
        });
      const client = socket.spawn(['nix', 'build', '--no-link', `path:${FLAKE}#fresh9`]);
      await until(10_000, 'the request', () => taken.length === 1);
      expect(taken[0]?.client.signal.aborted).toBe(false);
      await client.signal(signal);
      await until(20_000, 'abortion', () => taken[0]?.client.signal.aborted);
      await client.exited;
      expect(await host.builds()).toEqual([]);
    },
  );

  it('keep nobody else waiting', async () => {
    const { promise, resolve } = Promise.withResolvers<{ kind: 'error'; message: string }>();
    takeOver = () => promise;
    const waiting = build('path:.#fresh10');
    await until(10_000, 'the request', () => taken.length === 1);
    takeOver = passing;
    expect((await build('path:.#fresh11')).code).toBe(0);
    resolve({ kind: 'error', message: 'so late' });
    expect((await waiting).stderr).toContain('so late');
  });
});
