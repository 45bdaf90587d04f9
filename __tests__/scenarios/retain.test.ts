import { describe, expect, it } from 'vitest';
import { recipes, startBuilder, startNixHost, type Builder } from '../../lab/index.ts';
import { outputPath, runScenario } from '../helpers/scenario.ts';
import { TESTED_SUITES } from '../helpers/suites.ts';

const ROOTS = '/home/ci/.local/state/nix-remote-build/roots';

async function survives(builder: Builder, path: string): Promise<boolean> {
  await builder.output(['nix-store', '--gc']);
  return (await builder.run(['nix-store', '--check-validity', path])).code === 0;
}

describe.each(TESTED_SUITES)('retain on Nix of %s', (suite) => {
  it('keeps outputs after the job until its time is over; without it they are collected', async () => {
    await using builder = await startBuilder({ suite });
    await using runner = await startNixHost({ name: 'runner', nix: 'user-owned', suite });
    const attributes = { kept: recipes.file('kept', 10) };
    const inputs = { retain: '7d' };
    const ran = await runScenario({ builder, runner, attributes, inputs });
    expect([ran.code, ran.statuses], ran.log).toEqual([0, { kept: 'built' }]);
    expect(ran.log).toContain('retains 1 path');
    const path = outputPath(ran, 'kept');
    expect(await survives(builder, path)).toBe(true);

    // As if the seven days were over: what has expired goes with the next step that retains.
    const [root = ''] = (await builder.output(['ls', ROOTS])).trim().split('\n');
    await builder.output([
      'mv',
      `${ROOTS}/${root}`,
      `${ROOTS}/1-${root.slice(root.indexOf('-') + 1)}`,
    ]);
    const other = { other: recipes.file('other', 10) };
    const next = await runScenario({ builder, runner, attributes: other, inputs });
    expect([next.code, next.statuses], next.log).toEqual([0, { other: 'built' }]);
    const left = await builder.output(['ls', ROOTS]);
    expect(left).not.toContain('kept');
    expect(left).toContain('other');
    expect(await survives(builder, path)).toBe(false);

    const third = { third: recipes.file('third', 10) };
    const without = await runScenario({ builder, runner, attributes: third });
    expect(await survives(builder, outputPath(without, 'third'))).toBe(false);
  });
});
