import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  recipes,
  startBuilder,
  startNixHost,
  SUITES,
  writeFlake,
  type Attributes,
  type Builder,
  type NixHost,
  type UserName,
} from '../../lab/index.ts';
import { linkTarget, outputPath, runScenario } from '../helpers/scenario.ts';

const PAIRS = SUITES.flatMap((runner) => SUITES.map((builder) => [runner, builder] as const));

it('there are nine pairs of three versions', async () => {
  expect(PAIRS).toHaveLength(9);
  const versions = await Promise.all(
    SUITES.map(async (suite) => {
      await using host = await startNixHost({ suite });
      return await host.output(['nix', '--version']);
    }),
  );
  expect(new Set(versions).size).toBe(3);
});

describe.each(PAIRS)('from the Nix of %s to the Nix of %s', (from, to) => {
  let builder: Builder;
  let runner: NixHost;

  beforeAll(async () => {
    builder = await startBuilder({ suite: to });
    runner = await startNixHost({ suite: from, name: 'runner', nix: 'user-owned' });
  });

  afterAll(async () => {
    await Promise.all([runner.stop(), builder.stop()]);
  });

  it.each(['ci', 'forced', 'root'] as const)('builds and copies back, logged in as %s', (login) =>
    expectWholeFlake(builder, runner, login),
  );
});

/** Wide, failing, multi-output, a chain and one that is there already. */
async function expectWholeFlake(
  builder: Builder,
  runner: NixHost,
  login: UserName,
  user?: UserName,
): Promise<void> {
  const attributes: Attributes = {
    ...recipes.wide(12, 5000, `${login}-wide`),
    ...recipes.chain(4, 100, `${login}-chain`),
    many: recipes.multipleOutputs(`${login}-many`, ['out', 'dev']),
    before: recipes.file(`${login}-before`, 100),
    all: recipes.closure(`${login}-all`, [
      ...Array.from({ length: 12 }, (_, index) => `${login}-wide${index}`),
      `${login}-chain3`,
      'many.dev',
    ]),
    // Fails when all the others are built, with and without keep-going.
    bad: recipes.script(`${login}-bad`, 'cat ${all} ${before}; echo no luck; exit 1'),
  };
  await writeFlake(builder, '/root/flake', attributes);
  await builder.output(['nix', 'build', '--no-link', 'path:/root/flake#before']);

  const ran = await runScenario({
    builder,
    runner,
    login,
    user,
    attributes,
    inputs: {
      installables: 'path:.#packages\npath:.#many^dev',
      'copy-outputs': 'true',
    },
  });
  const statuses = ran.results.map(({ attribute, status }) => [
    attribute.split('.').at(-1),
    status,
  ]);
  const expected = [...Object.keys(attributes), 'many'].map((name) => [
    name,
    name === 'bad' ? 'failed' : name === 'before' ? 'cached' : 'built',
  ]);
  expect(statuses.toSorted(), ran.log).toEqual(expected.toSorted());
  expect(ran.code).toBe(1);
  expect(ran.results.find(({ status }) => status === 'failed')?.error?.message).toMatch(
    /failed with exit code 1/,
  );

  const all = outputPath(ran, 'all');
  expect(await linkTarget(runner, ran, 'result-all')).toBe(all);
  expect(await runner.read(all)).toBe(await builder.read(all));
  const paths = ran.results.flatMap(({ outputs, status }) =>
    status === 'failed' ? [] : Object.values(outputs),
  );
  expect(await runner.validPaths(paths)).toEqual(new Set(paths));
  expect(await linkTarget(runner, ran, 'result-1-dev')).toMatch(/many-dev$/);
  await runner.output(['nix-store', '--store', 'local', '--verify-path', ...paths], {
    user: runner.owner,
  });
}

describe.each(SUITES)('on a runner with a daemon of the Nix of %s', (suite) => {
  let builder: Builder;
  let runner: NixHost;

  beforeAll(async () => {
    builder = await startBuilder();
    runner = await startNixHost({ suite, name: 'runner', nix: 'daemon' });
  });

  afterAll(async () => {
    await Promise.all([runner.stop(), builder.stop()]);
  });

  it('a trusted user has unsigned outputs back', () =>
    expectWholeFlake(builder, runner, 'ci', 'trusted'));

  it('an untrusted user is refused before anything is built', async () => {
    const before = await builder.allPaths();
    const ran = await runScenario({
      builder,
      runner,
      user: 'ci',
      attributes: { unwanted: recipes.file('unwanted', 10) },
      inputs: { 'copy-outputs': 'true' },
    });
    expect(ran.code).toBe(1);
    expect(ran.log).toContain(
      "::error::copy-outputs: the local Nix daemon does not trust user 'ci', and",
    );
    expect(await builder.allPaths()).toEqual(before);
  });

  it('an untrusted user has them back where no signatures are required', async () => {
    await using lax = await startNixHost({
      suite,
      nix: 'daemon',
      nixConf: ['require-sigs = false'],
    });
    await expectWholeFlake(builder, lax, 'forced', 'ci');
  });
});
