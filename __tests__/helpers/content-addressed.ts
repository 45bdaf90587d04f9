import { expect } from 'vitest';
import { recipes, type Builder, type NixHost, type UserName } from '../../lab/index.ts';
import { linkTarget, outputPath, runScenario } from './scenario.ts';

/** For nix.conf, on both sides. */
export const CA_FEATURES = 'experimental-features = nix-command flakes ca-derivations';

/** Builds content-addressed derivations that depend on each other, and has them back. */
export async function expectContentAddressed(
  builder: Builder,
  runner: NixHost,
  login: UserName,
): Promise<void> {
  const salt = `ca-${builder.root.suite}-${runner.root.suite}-${login}`;
  const scenario = {
    builder,
    runner,
    login,
    attributes: {
      base: recipes.contentAddressed(`${salt}-base`),
      top: recipes.contentAddressed(`${salt}-top`, 'cat ${base} > $out; echo ${base} >> $out'),
      plain: recipes.script(`${salt}-plain`, 'cat ${top} > $out'),
    },
    inputs: { 'copy-outputs': 'true' },
  };
  const ran = await runScenario(scenario);
  expect(ran.statuses, ran.log).toEqual({ base: 'built', plain: 'built', top: 'built' });
  expect(ran.code).toBe(0);
  const [base, top, plain] = ['base', 'top', 'plain'].map((name) => outputPath(ran, name));
  const paths = [base ?? '', top ?? '', plain ?? ''];
  expect(await runner.validPaths(paths)).toEqual(new Set(paths));
  expect(await runner.read(top ?? '')).toBe(`${salt}-base\n${base}\n`);
  expect(await runner.read(plain ?? '')).toBe(await builder.read(plain ?? ''));
  expect(await linkTarget(runner, ran, 'result-top')).toBe(top);

  const again = await runScenario({ ...scenario, workspace: ran.workspace });
  expect(again.statuses, again.log).toEqual({ base: 'cached', plain: 'cached', top: 'cached' });
  expect(outputPath(again, 'top')).toBe(top);
  // The realisation came along: stock Nix on the runner has nothing left to build.
  const inWorkspace = { user: ran.user, cwd: ran.workspace } as const;
  const stock = ['nix', 'build', '--out-link', 'stock', '--max-jobs', '0', 'path:.#top'];
  await runner.output(stock, inWorkspace);
  expect(await linkTarget(runner, ran, 'stock')).toBe(top);
}
