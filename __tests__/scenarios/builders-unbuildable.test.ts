import { expect, it } from 'vitest';
import { recipes, startBuilder, startNixHost, SUITES } from '../../lab/index.ts';
import { machineLine } from '../helpers/builders.ts';
import { annotations } from '../helpers/failed-step.ts';
import { runScenario } from '../helpers/scenario.ts';

it.each(SUITES)(
  'with max-jobs: 0, what only the runner could build, with Nix of %s, says so',
  async (suite) => {
    await using builder = await startBuilder({ suite });
    await using runner = await startNixHost({ suite, name: 'runner', nix: 'user-owned' });
    const prefers = recipes.script('prefers', 'echo > $out', 'preferLocalBuild = true;');
    const ran = await runScenario({
      ...{ builder, runner },
      attributes: { prefers },
      inputs: {
        store: '',
        builders: machineLine(builder, { systems: ['riscv64-linux'] }),
        'max-jobs': '0',
        'build-options': 'max-silent-time = 60',
      },
    });
    expect(ran.statuses, ran.log).toEqual({ prefers: 'unsupported-system' });
    const hint = ran.results[0]?.error?.hint;
    expect(hint).toContain('With max-jobs: 0 the runner itself builds nothing');
    expect(annotations(ran.log, 'warning')).toEqual([
      expect.stringMatching(/^max-silent-time: Nix does not pass this on/),
    ]);
  },
);
