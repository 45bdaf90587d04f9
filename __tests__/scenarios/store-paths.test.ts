import { afterAll, beforeAll, expect, it } from 'vitest';
import { recipes, startLab, type Lab } from '../../lab/index.ts';
import { linkTarget, outputPath, runScenario, type Ran } from '../helpers/scenario.ts';

const ATTRIBUTES = {
  ...recipes.chain(5, 100),
  many: recipes.multipleOutputs('many', ['out', 'dev']),
};

let lab: Lab;
/** A step that built all, and copied nothing. */
let built: Ran;

beforeAll(async () => {
  lab = await startLab({ runner: { nix: 'user-owned' } });
  built = await runScenario({ ...lab, port: lab.link.port, attributes: ATTRIBUTES });
});

afterAll(() => lab.stop());

const run = (installables: string): Promise<Ran> =>
  runScenario({
    ...lab,
    port: lab.link.port,
    inputs: { installables, 'copy-outputs': 'true' },
  });

it('an output path that only the remote has comes back with all it refers to', async () => {
  const top = outputPath(built, 'chain4');
  const chain = [0, 1, 2, 3, 4].map((index) => outputPath(built, `chain${index}`));
  expect(await lab.runner.validPaths(chain)).toEqual(new Set());
  const ran = await run(top);
  expect(ran.code, ran.log).toBe(0);
  expect(ran.results).toMatchObject([
    { installable: top, status: 'cached', outputs: { out: top }, drvPath: null, copied: true },
  ]);
  expect(await lab.runner.validPaths(chain)).toEqual(new Set(chain));
  expect(await linkTarget(lab.runner, ran, 'result')).toBe(top);
});

it('a derivation is built, and gives the outputs that are asked for', async () => {
  const drvPath = built.results.find(({ attribute }) => attribute.endsWith('.many'))?.drvPath ?? '';
  const ran = await run(`${drvPath}^dev`);
  expect(ran.code, ran.log).toBe(0);
  expect(ran.results).toMatchObject([{ drvPath, status: 'cached', copied: true }]);
  expect(Object.keys(ran.results[0]?.outputs ?? {})).toEqual(['dev']);
  expect(await linkTarget(lab.runner, ran, 'result-dev')).toMatch(/-many-dev$/);
  expect(await linkTarget(lab.runner, ran, 'result')).toBeUndefined();
});

it('a path that nobody has fails by itself', async () => {
  const nowhere = `/nix/store/${'0'.repeat(32)}-nowhere`;
  const ran = await run(`${outputPath(built, 'chain0')}\n${nowhere}`);
  expect(ran.code).toBe(1);
  expect(ran.results.map(({ status, copied }) => [status, copied])).toEqual([
    ['cached', true],
    ['failed', false],
  ]);
  expect(ran.results[1]?.error?.message).toContain(nowhere);
});

it('what is built already costs no upload', async () => {
  const before = await lab.link.counters();
  const ran = await runScenario({ ...lab, port: lab.link.port, attributes: ATTRIBUTES });
  expect(new Set(Object.values(ran.statuses))).toEqual(new Set(['cached']));
  expect(ran.log).not.toContain('uploading');
  const after = await lab.link.counters();
  // The handshake of SSH, and one question.
  expect(after.up - before.up).toBeLessThan(15_000);
});
