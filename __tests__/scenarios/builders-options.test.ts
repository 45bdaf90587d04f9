import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  recipes,
  startBuilder,
  startNixHost,
  type Builder,
  type NixHost,
} from '../../lab/index.ts';
import { expectNothingLeft, machineLine, machineUri } from '../helpers/builders.ts';
import { annotations } from '../helpers/failed-step.ts';
import { outputPath, runScenario } from '../helpers/scenario.ts';

let builder: Builder;
let runner: NixHost;

beforeAll(async () => {
  builder = await startBuilder({ nixConf: ['cores = 7'] });
  runner = await startNixHost({ name: 'runner', nix: 'user-owned' });
});

afterAll(async () => {
  await Promise.all([builder.stop(), runner.stop()]);
});

describe.each(['ssh-ng', 'ssh'] as const)('over %s', (protocol) => {
  const inputs = (): Readonly<Record<string, string>> => ({
    store: '',
    builders: machineLine(builder, { protocol }),
  });

  it('what Nix does not pass on to a machine is told, and is as the machine has it', async () => {
    const ran = await runScenario({
      ...{ builder, runner },
      attributes: { cores: recipes.script(`cores-${protocol}`, 'echo $NIX_BUILD_CORES > $out') },
      inputs: { ...inputs(), cores: '3', timeout: '600' },
    });
    expect(ran.statuses, ran.log).toEqual({ cores: 'built' });
    expect(await runner.read(outputPath(ran, 'cores'))).toBe('7\n');
    expect(annotations(ran.log, 'warning')).toEqual([
      expect.stringMatching(
        /^cores, timeout: Nix does not pass this on to the daemons of builders/,
      ),
    ]);
    await expectNothingLeft(runner);
  });

  it('what prefers to be built locally is, unless nothing is to be built there', async () => {
    const local = (salt: string): string =>
      recipes.script(`${salt}-${protocol}`, 'echo done > $out', 'preferLocalBuild = true;');
    const here = await runScenario({
      ...{ builder, runner, inputs: inputs() },
      attributes: { prefers: local('here') },
    });
    expect(here.results, here.log).toMatchObject([{ status: 'built', remote: 'this machine' }]);
    const there = await runScenario({
      ...{ builder, runner, inputs: { ...inputs(), 'max-jobs': '0' } },
      attributes: { prefers: local('there') },
    });
    expect(there.results, there.log).toMatchObject([
      { status: 'built', remote: machineUri(builder, { protocol }) },
    ]);
  });
});
