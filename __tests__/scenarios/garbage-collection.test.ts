import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  recipes,
  startLab,
  until,
  type Attributes,
  type Lab,
  type NixHost,
} from '../../lab/index.ts';
import {
  finishScenario,
  linkTarget,
  outputPath,
  prepareScenario,
  runScenario,
  type Ran,
} from '../helpers/scenario.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await startLab({ runner: { nix: 'user-owned' } });
});

afterAll(() => lab.stop());

const collectGarbage = (host: NixHost): Promise<string> =>
  host.output(['nix-collect-garbage'], { user: host.owner });

/** Runs a step, and does something when it is in the midst of it. */
async function runWith(
  attributes: Attributes,
  inputs: Readonly<Record<string, string>>,
  midst: () => Promise<void>,
): Promise<Ran> {
  const { builder, runner, link } = lab;
  const scenario = { builder, runner, port: link.port, attributes, inputs };
  const prepared = await prepareScenario(scenario);
  const [ran] = await Promise.all([finishScenario(prepared), midst()]);
  return ran;
}

const building = (): Promise<boolean> =>
  until(20_000, 'start of a build', async () => (await lab.builder.builds()).length > 0);

it.each(['runner', 'builder'] as const)('one on the %s in mid-build does no harm', async (side) => {
  const ran = await runWith(
    {
      fast: recipes.file(`${side}-fast`, 10),
      slow: recipes.script(`${side}-slow`, 'sleep 3; cat ${fast} > $out'),
      late: recipes.script(`${side}-late`, 'cat ${slow} > $out; echo ${fast} >> $out'),
    },
    { 'copy-outputs': '*.late', installables: 'path:.#late\npath:.#fast' },
    async () => {
      await building();
      await collectGarbage(lab[side]);
    },
  );
  expect(ran.statuses, ran.log).toEqual({ fast: 'built', late: 'built' });
  expect(ran.code).toBe(0);
  expect(await linkTarget(lab.runner, ran, 'result')).toBe(outputPath(ran, 'late'));
  expect(await lab.builder.validPaths([outputPath(ran, 'fast')])).not.toEqual(new Set());
});

it('one on the builder while derivations are uploaded does no harm', async () => {
  const { builder, runner, link } = lab;
  const old = { old: recipes.script('upload-old', 'echo old > $out') };
  await runScenario({ builder, runner, attributes: old });
  await link.shape({ up: { bytesPerSecond: 400_000 } });
  const before = (await link.counters()).up;
  const ran = await runWith(
    {
      ...old,
      // A source that takes some seconds to go up, before the derivation that refers to what is there.
      top: `shWith "upload-top" { big = builtins.toFile "big" "${'x'.repeat(1_000_000)}"; } "cat \${old} > $out"`,
    },
    { installables: 'path:.#top' },
    async () => {
      await until(20_000, 'the upload', async () => (await link.counters()).up > before + 200_000);
      await collectGarbage(builder);
      await link.shape({});
    },
  );
  expect(ran.statuses, ran.log).toEqual({ top: 'built' });
});
