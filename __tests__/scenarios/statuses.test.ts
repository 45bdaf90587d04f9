import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  BinaryCache,
  recipes,
  startBuilder,
  startNixHost,
  SYSTEM,
  writeFlake,
  type Attributes,
  type Builder,
  type NixHost,
} from '../../lab/index.ts';
import { outputPath, parseResults, runScenario, type Ran } from '../helpers/scenario.ts';

const OTHER_SYSTEM = SYSTEM === 'x86_64-linux' ? 'aarch64-linux' : 'x86_64-linux';

const SUBSTITUTABLE: Attributes = { fetched: recipes.file('fetched', 1000) };
const BUILT_BEFORE: Attributes = { before: recipes.file('before', 1000) };

const ATTRIBUTES: Attributes = {
  ...SUBSTITUTABLE,
  ...BUILT_BEFORE,
  good: recipes.script('good', `echo one; echo 'two  words' >&2; printf 'no end'; echo > $out`),
  alias: 'good',
  bad: recipes.script('bad', 'echo a hint >&2; exit 3'),
  dependent: recipes.script('dependent', 'cat ${bad} > $out'),
  endless: recipes.script('endless', 'while sleep 0.3; do echo on; done'),
  silent: recipes.silent('silent', 60),
  foreign: recipes.foreign('foreign', OTHER_SYSTEM),
  demanding: recipes.demanding('demanding', ['quantum']),
  mismatch: recipes.hashMismatch('mismatch'),
  thrown: recipes.throwing('no such thing'),
};

let cache: BinaryCache;
let builder: Builder;
let runner: NixHost;

beforeAll(async () => {
  cache = await BinaryCache.start();
  await cache.publish(SUBSTITUTABLE);
  builder = await startBuilder({
    substituters: [cache.url],
    trustedPublicKeys: [cache.publicKey],
  });
  runner = await startNixHost({ name: 'runner', nix: 'user-owned' });
  await writeFlake(builder, '/root/flake', BUILT_BEFORE);
  await builder.output(['nix', 'build', '--no-link', 'path:/root/flake#before']);
});

afterAll(async () => {
  await Promise.all([runner.stop(), builder.stop(), cache.stop()]);
});

describe('with keep-going, one attribute of each kind', () => {
  let ran: Ran;
  const entry = (name: string) =>
    ran.results.find(({ attribute }) => attribute === `packages.${SYSTEM}.${name}`);

  beforeAll(async () => {
    ran = await runScenario({
      builder,
      runner,
      attributes: ATTRIBUTES,
      inputs: { 'keep-going': 'true', timeout: '5', 'max-silent-time': '2', 'max-jobs': '8' },
    });
  });

  it('has its status', () => {
    expect(ran.statuses, ran.log).toEqual({
      alias: 'built',
      bad: 'failed',
      before: 'cached',
      demanding: 'unsupported-system',
      dependent: 'dependency-failed',
      endless: 'timed-out',
      fetched: 'substituted',
      foreign: 'unsupported-system',
      good: 'built',
      mismatch: 'failed',
      silent: 'timed-out',
      thrown: 'evaluation-failed',
    });
  });

  it('says what was asked, what it is and where it was built', () => {
    expect(entry('good')).toEqual({
      installable: 'path:.#packages',
      attribute: `packages.${SYSTEM}.good`,
      system: SYSTEM,
      drvPath: expect.stringMatching(/^\/nix\/store\/[0-9a-z]{32}-good\.drv$/) as string,
      outputs: { out: expect.stringMatching(/^\/nix\/store\/[0-9a-z]{32}-good$/) as string },
      status: 'built',
      remote: `ssh-ng://ci@127.0.0.1:${builder.port}`,
      seconds: expect.any(Number) as number,
      copied: false,
    });
    expect(entry('foreign')).toMatchObject({ system: OTHER_SYSTEM });
    expect(entry('before')).toMatchObject({ seconds: null });
  });

  it('says why it failed', () => {
    const message = (name: string) => entry(name)?.error?.message ?? '';
    expect(message('bad')).toContain('builder failed with exit code 3');
    expect(message('endless')).toContain('timed out after 5 seconds');
    expect(message('silent')).toContain('timed out after 2 seconds');
    expect(message('foreign')).toContain(OTHER_SYSTEM);
    expect(message('demanding')).toContain('quantum');
    expect(message('mismatch')).toContain(`sha256-${'A'.repeat(43)}=`);
    expect(message('mismatch')).toMatch(/got: +sha256-(?!AAAA)/);
    expect(message('thrown')).toContain('no such thing');
    expect(entry('thrown')?.error?.code).toBe('evaluation-failed');
    expect(message('dependent')).not.toBe('');
  });

  it('fails the step with one line, and names each failure once', () => {
    expect(ran.code).toBe(1);
    expect(ran.log).toMatch(/^::error::8 of 12 attributes failed: /m);
    expect(ran.log.match(/^::error title=/gm)).toHaveLength(8);
  });

  it('is in the outputs failed and out-paths', () => {
    const failed = JSON.parse(ran.outputs.get('failed') ?? '') as string[];
    const bad = Object.entries(ran.statuses).filter(
      ([, status]) => !['built', 'cached', 'substituted'].includes(status),
    );
    expect(failed.toSorted()).toEqual(bad.map(([name]) => `packages.${SYSTEM}.${name}`).toSorted());
    const paths = JSON.parse(ran.outputs.get('out-paths') ?? '') as string[];
    const good = ['good', 'before', 'fetched'].map((name) => outputPath(ran, name));
    expect(paths.toSorted()).toEqual(good.toSorted());
  });

  it('shares its derivation with its alias', () => {
    expect(entry('alias')?.drvPath).toBe(entry('good')?.drvPath);
    expect(ran.log.match(/^building good$/gm)).toHaveLength(1);
  });

  it('has a file with what it printed, if it printed anything', async () => {
    const folder = ran.outputs.get('log-dir') ?? '';
    const logOf = (name: string) => `${path.basename(entry(name)?.drvPath ?? '')}.log`;
    expect(await runner.read(`${folder}/${logOf('good')}`)).toBe('one\ntwo  words\nno end\n');
    expect(await runner.read(`${folder}/${logOf('bad')}`)).toBe('a hint\n');
    const files = (await runner.output(['ls', folder])).split('\n');
    expect(files.toSorted()).toEqual(['good', 'bad', 'endless'].map(logOf).toSorted());
  });

  it('is in the summary, failures first', () => {
    const rows = ran.summary.split('\n').filter((line) => /^\| (✅|❌)/.test(line));
    expect(rows).toHaveLength(12);
    expect(rows.slice(0, 8).every((row) => row.startsWith('| ❌'))).toBe(true);
    expect(ran.summary).toContain('8 of 12 attributes failed');
  });

  it('is in results and in results-file alike', async () => {
    const file = await runner.read(ran.outputs.get('results-file') ?? '');
    expect(parseResults(file)).toEqual(ran.results);
  });
});

describe('without keep-going', () => {
  it('the first failure ends the build, and what it ends is cancelled', async () => {
    const ran = await runScenario({
      builder,
      runner,
      attributes: {
        bad: recipes.failing('bad-at-once'),
        after: recipes.script('after', 'cat ${running} > $out'),
        running: recipes.slow('running', 60),
      },
    });
    expect(ran.statuses, ran.log).toEqual({
      after: 'cancelled',
      bad: 'failed',
      running: 'cancelled',
    });
    expect(ran.results.find(({ status }) => status === 'cancelled')?.error).toEqual({
      code: 'cancelled',
      message: 'not built, because another derivation failed first',
      hint: 'Set keep-going: true to build all that can be built.',
    });
    expect(await builder.builds()).toEqual([]);
  });

  it('an evaluation that fails does not keep the others from being built', async () => {
    const ran = await runScenario({
      builder,
      runner,
      attributes: { thrown: recipes.throwing('not here'), other: recipes.file('other', 10) },
    });
    expect(ran.statuses).toEqual({ thrown: 'evaluation-failed', other: 'built' });
    expect(ran.code).toBe(1);
  });
});

it('results beyond 100 kB are cut, with a marker; results-file is whole', async () => {
  const names = Array.from({ length: 400 }, (_, index) => `alias${index}`);
  const ran = await runScenario({
    builder,
    runner,
    attributes: {
      ...BUILT_BEFORE,
      ...Object.fromEntries(names.map((name) => [name, 'before'])),
    },
  });
  expect(ran.code, ran.log).toBe(0);
  const text = ran.outputs.get('results') ?? '';
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(100_000);
  expect(Buffer.byteLength(text)).toBeGreaterThan(98_000);
  const whole = parseResults(await runner.read(ran.outputs.get('results-file') ?? ''));
  expect(whole).toHaveLength(401);
  const cut = ran.results.slice(0, -1);
  expect(cut).toEqual(whole.slice(0, cut.length));
  expect(ran.results.at(-1)).toEqual({ truncated: 401 - cut.length });
});
