import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  makeSigningKey,
  recipes,
  startBuilder,
  startNixHost,
  type Attributes,
  type Builder,
  type NixHost,
  type NixSetup,
  type UserName,
} from '../../lab/index.ts';
import { expectNothingBegun } from '../helpers/failed-step.ts';
import {
  linkTarget,
  outputPath,
  prepareScenario,
  runScenario,
  type Ran,
  type Scenario,
  parseResults,
} from '../helpers/scenario.ts';

/** Distinct for each test, so that nothing is there already. The failing one fails last, with and without keep-going. */
function attributes(name: string): Attributes {
  return {
    greeting: recipes.script(`${name}-greeting`, 'echo hello > $out'),
    shout: recipes.script(
      `${name}-shout`,
      'tr a-z A-Z < ${greeting} > $out; echo ${greeting} >> $out',
    ),
    both: recipes.multipleOutputs(`${name}-both`, ['out', 'dev']),
    broken: recipes.script(`${name}-broken`, 'cat ${shout} ${both}; exit 1'),
  };
}

/** Builds, reports, copies back with links, and what came back is what was built. */
async function expectBuiltAndCopied(scenario: Scenario, name: string): Promise<Ran> {
  const { builder, runner } = scenario;
  const ran = await runScenario({
    ...scenario,
    attributes: attributes(name),
    inputs: { 'copy-outputs': 'true', ...scenario.inputs },
  });
  expect(ran.statuses, ran.log).toEqual({
    both: 'built',
    broken: 'failed',
    greeting: 'built',
    shout: 'built',
  });
  expect(ran.code).toBe(1);
  const shout = outputPath(ran, 'shout');
  expect(await linkTarget(runner, ran, 'result-shout')).toBe(shout);
  expect(await linkTarget(runner, ran, 'result-greeting')).toBe(outputPath(ran, 'greeting'));
  expect(await linkTarget(runner, ran, 'result-broken')).toBeUndefined();
  expect(await runner.read(shout)).toBe(`HELLO\n${outputPath(ran, 'greeting')}\n`);
  expect(await runner.read(shout)).toBe(await builder.read(shout));
  const outputs = ['shout', 'greeting', 'both'].map((each) => outputPath(ran, each));
  expect(await runner.validPaths(outputs)).toEqual(new Set(outputs));
  await runner.output(['nix-store', '--store', 'local', '--verify-path', ...outputs], {
    user: runner.owner,
  });
  return ran;
}

describe('the builder', () => {
  const builders = new Map<NixSetup, Builder>();
  let runner: NixHost;

  beforeAll(async () => {
    runner = await startNixHost({ name: 'runner', nix: 'user-owned' });
    for (const nix of ['daemon', 'root-owned', 'user-owned'] as const) {
      builders.set(nix, await startBuilder({ nix, name: `builder-${nix}` }));
    }
  });

  afterAll(async () => {
    await runner.stop();
    for (const builder of builders.values()) await builder.stop();
  });

  const cases: readonly [text: string, nix: NixSetup, login: UserName, query?: string][] = [
    ['builds for an untrusted user over its daemon’s socket', 'daemon', 'ci'],
    ['builds for an untrusted user by exec', 'daemon', 'ci', 'remote-program=nix-daemon'],
    ['builds for root by exec', 'daemon', 'root', 'remote-program=nix-daemon'],
    ['builds for a user with a forced command and no other right', 'daemon', 'forced'],
    ['builds without a daemon where root owns the store', 'root-owned', 'root'],
    ['builds without a daemon where an ordinary user owns the store', 'user-owned', 'owner'],
  ];

  it.each(cases)('%s', async (_, nix, login, query) => {
    const builder = builders.get(nix);
    if (!builder) throw new Error(`no builder with ${nix}`);
    const name = `${nix}-${login}${query === undefined ? '' : '-exec'}`;
    const more = query === undefined ? {} : { query };
    await expectBuiltAndCopied({ builder, runner, login, ...more }, name);
  });
});

describe('the runner', () => {
  const SECRET_KEY = '/etc/nix/secret-key';
  const key = makeSigningKey('lab-builder-1');
  let builder: Builder;
  let signingBuilder: Builder;
  let runner: NixHost;

  beforeAll(async () => {
    builder = await startBuilder();
    signingBuilder = await startBuilder({ nixConf: [`secret-key-files = ${SECRET_KEY}`] });
    await signingBuilder.write('/', { [SECRET_KEY]: key.secretKey });
    runner = await startNixHost({
      name: 'runner',
      nix: 'daemon',
      trustedPublicKeys: [key.publicKey],
    });
  });

  afterAll(async () => {
    await Promise.all([builder.stop(), signingBuilder.stop(), runner.stop()]);
  });

  it('takes outputs for a user whom its daemon trusts', async () => {
    await expectBuiltAndCopied({ builder, runner, user: 'trusted' }, 'trusted');
  });

  it('takes signed outputs for a user whom its daemon does not trust', async () => {
    await expectBuiltAndCopied({ builder: signingBuilder, runner, user: 'ci' }, 'signed');
  });

  it('builds without copying for a user whom its daemon does not trust', async () => {
    const ran = await runScenario({ builder, runner, user: 'ci', attributes: attributes('left') });
    expect(ran.statuses).toEqual({
      both: 'built',
      broken: 'failed',
      greeting: 'built',
      shout: 'built',
    });
    expect(await runner.validPaths([outputPath(ran, 'shout')])).toEqual(new Set());
    expect(await builder.read(outputPath(ran, 'shout'))).toContain('HELLO');
  });

  it('refuses unsigned outputs of an untrusted user once it is connected, before anything is built', async () => {
    const before = await builder.allPaths();
    const prepared = await prepareScenario({
      builder,
      runner,
      user: 'ci',
      attributes: attributes('refused'),
      inputs: { mode: 'remote-store', 'copy-outputs': 'true' },
    });
    const result = await prepared.step.collect(await prepared.step.main());
    expect(result.code).toBe(1);
    expect(result.log).toContain(
      `::error::copy-outputs: the local Nix daemon does not trust user 'ci', and ssh-ng://ci@127.0.0.1:${builder.port} does not sign ` +
        `what it builds, so its outputs cannot be imported here. Either add the line 'trusted-users = root ci' to /etc/nix/nix.conf`,
    );
    expect(await builder.allPaths()).toEqual(before);
    const results = parseResults(result.outputs.get('results'));
    expectNothingBegun({ ...result, results });
  });

  it('takes unsigned outputs for anybody where it requires no signatures', async () => {
    await using lax = await startNixHost({ nix: 'daemon', nixConf: ['require-sigs = false'] });
    await expectBuiltAndCopied({ builder, runner: lax, user: 'ci' }, 'lax');
  });
});
