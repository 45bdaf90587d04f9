import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  recipes,
  startBuilder,
  startNixHost,
  type Builder,
  type NixHost,
} from '../../lab/index.ts';
import { machineLine } from '../helpers/builders.ts';
import { annotations } from '../helpers/failed-step.ts';
import { outputPath, runScenario, type Ran, type Scenario } from '../helpers/scenario.ts';

let builder: Builder;

beforeAll(async () => {
  builder = await startBuilder();
});

afterAll(() => builder.stop());

const modeOf = ({ outputs }: Ran): string | undefined => outputs.get('mode');

const reasonOf = ({ summary }: Ran): string => /^Mode .*$/m.exec(summary)?.[0] ?? '';

describe('mode auto, on a runner that owns its store', () => {
  let runner: NixHost;

  beforeAll(async () => {
    runner = await startNixHost({ name: 'runner', nix: 'user-owned' });
  });

  afterAll(() => runner.stop());

  const run = (rest: Partial<Scenario>): Promise<Ran> => runScenario({ builder, runner, ...rest });

  it('builds in the one store that nothing is wanted back from, without asking it', async () => {
    const ran = await run({ attributes: { plain: recipes.file('plain', 10) } });
    expect(modeOf(ran), ran.log).toBe('remote-store');
    expect(ran.statuses).toEqual({ plain: 'built' });
    expect(reasonOf(ran)).toMatch(/one remote can build it all, and nothing is wanted back/);
  });

  it('builds in the store what needs much that the runner does not have', async () => {
    const ran = await run({
      attributes: {
        big: recipes.randomFile('big', 60_000_000),
        small: recipes.script('small', 'head -c 10 ${big} > $out'),
      },
      inputs: { installables: 'path:.#small', 'copy-outputs': 'true' },
    });
    expect(modeOf(ran), ran.log).toBe('remote-store');
    expect(reasonOf(ran)).toMatch(/because/);
    expect(ran.summary).toMatch(/\| \*\*remote-store\*\* \|.*\n\| builders \|/);
    expect(await runner.validPaths([outputPath(ran, 'small')])).toHaveLength(1);
  });

  it('does nothing remotely where all is here', async () => {
    const step = {
      attributes: { here: recipes.file('here', 10) },
      inputs: { 'copy-outputs': 'true' },
    };
    expect(modeOf(await run(step))).toBe('remote-store');
    const again = await run(step);
    expect(modeOf(again), again.log).toBe('local');
    expect(again.statuses).toEqual({ here: 'cached' });
    expect(reasonOf(again)).toMatch(/all that is wanted is in the runner's store already/);
  });

  it('takes a machine as a store, too', async () => {
    await using other = await startBuilder({
      name: 'other',
      nixConf: ['extra-system-features = special'],
    });
    const ran = await run({
      attributes: {
        special: recipes.demanding('special', ['special']),
        any: recipes.file('any', 10),
      },
      inputs: {
        builders: machineLine(other),
        'ssh-key': `${builder.key.privateKey}\n${other.key.privateKey}`,
        'known-hosts': `${builder.knownHosts()}\n${other.knownHosts()}`,
      },
    });
    expect(modeOf(ran), ran.log).toBe('remote-store');
    expect(ran.statuses).toEqual({ special: 'built', any: 'built' });
  });
});

describe('mode auto, with machines of different speed', () => {
  it('gives the faster one more to build', async () => {
    await using runner = await startNixHost({ name: 'runner', nix: 'user-owned' });
    await using fast = await startBuilder({ name: 'fast' });
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const ran = await runScenario({
      ...{ builder, runner },
      attributes: Object.fromEntries(
        names.map((name) => [name, recipes.file(`speed-${name}`, 10)]),
      ),
      inputs: {
        builders: machineLine(fast, { speedFactor: 3 }),
        'ssh-key': `${builder.key.privateKey}\n${fast.key.privateKey}`,
        'known-hosts': `${builder.knownHosts()}\n${fast.knownHosts()}`,
      },
    });
    expect(modeOf(ran), ran.log).toBe('remote-store');
    expect(new Set(Object.values(ran.statuses)), ran.log).toEqual(new Set(['built']));
    const atFast = ran.results.filter(({ remote }) => remote?.endsWith(`:${fast.port}`));
    expect(atFast, ran.log).toHaveLength(6);
  });
});

describe('mode auto, with a machine of builders that shows another key', () => {
  it('fails, whatever else there is to build on', async () => {
    await using runner = await startNixHost({ name: 'runner', nix: 'user-owned' });
    await using other = await startBuilder({ name: 'other' });
    const ran = await runScenario({
      ...{ builder, runner },
      attributes: { any: recipes.file('any', 10) },
      inputs: {
        builders: machineLine(other),
        'ssh-key': `${builder.key.privateKey}\n${other.key.privateKey}`,
        'known-hosts': `${builder.knownHosts()}\n${builder.knownHosts(other.port)}`,
        fallback: 'unreachable',
      },
    });
    expect(ran.code, ran.log).toBe(1);
    expect(annotations(ran.log, 'error')[0]).toMatch(/host key/);
    expect(Object.values(ran.statuses)).not.toContain('built');
  });
});

describe('mode auto, where the daemon takes nothing from the user', () => {
  let runner: NixHost;

  beforeAll(async () => {
    runner = await startNixHost({ name: 'runner', nix: 'daemon' });
  });

  afterAll(() => runner.stop());

  it('has outputs come by builders, with a daemon of its own', async () => {
    const ran = await runScenario({
      ...{ builder, runner, user: 'sudoer', login: 'trusted' },
      attributes: { wanted: recipes.file('wanted', 10) },
      inputs: { 'copy-outputs': 'true' },
    });
    expect(modeOf(ran), ran.log).toBe('builders');
    expect(ran.statuses).toEqual({ wanted: 'built' });
    expect(await runner.validPaths([outputPath(ran, 'wanted')])).toHaveLength(1);
  });

  it('is refused where there is no way, with what would be one', async () => {
    const ran = await runScenario({
      ...{ builder, runner, user: 'ci' },
      attributes: { refused: recipes.file('refused', 10) },
      inputs: { 'copy-outputs': 'true' },
    });
    expect(ran.code).toBe(1);
    expect(annotations(ran.log, 'error')[0]).toMatch(
      /^copy-outputs: the local Nix daemon does not trust user 'ci'/,
    );
  });
});
