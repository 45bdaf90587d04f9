import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  recipes,
  startBuilder,
  startNixHost,
  type Attributes,
  type Builder,
  type NixHost,
} from '../../lab/index.ts';
import { gated, Gates, SHOW_GATES } from '../helpers/gates.ts';
import { LiveStep } from '../helpers/live-step.ts';
import { linkTarget, makeWorkspace, outputPath, runScenario } from '../helpers/scenario.ts';

let builder: Builder;
let runner: NixHost;
let gates: Gates;

beforeAll(async () => {
  builder = await startBuilder({ nixConf: [SHOW_GATES] });
  gates = await Gates.make(builder);
  runner = await startNixHost({ name: 'runner', nix: 'user-owned' });
});

afterAll(async () => {
  await Promise.all([runner.stop(), builder.stop()]);
});

const ATTRIBUTES: Attributes = {
  shared: recipes.slow('shared', 1),
  big: recipes.script('big', 'head -c 20000000 /dev/zero > $out; cat ${shared} >> $out'),
};

it('jobs of one runner that build the same at the same time do not disturb each other', async () => {
  const step = () =>
    runScenario({ builder, runner, attributes: ATTRIBUTES, inputs: { 'copy-outputs': 'true' } });
  const all = await Promise.all([step(), step(), step()]);
  for (const ran of all) {
    expect(ran.code, ran.log).toBe(0);
    expect(ran.results.every(({ copied }) => copied)).toBe(true);
    expect(await linkTarget(runner, ran, 'result-big')).toBe(outputPath(ran, 'big'));
  }
  const [first] = all;
  const paths = first.results.flatMap(({ outputs }) => Object.values(outputs));
  await runner.output(['nix-store', '--store', 'local', '--verify-path', ...paths], {
    user: runner.owner,
  });
  expect(await runner.processes()).toEqual([]);
});

it('who has to wait for another’s build of the same says so', async () => {
  const attributes = { same: gated('same') };
  const first = await LiveStep.start({ builder, runner, attributes });
  await gates.running(['same']);
  const second = await LiveStep.start({ builder, runner, attributes });
  await second.said(/waiting for lock on .*-same/);
  await gates.open('same');
  for (const step of [first, second]) {
    const ended = await step.ended();
    expect(ended.code, ended.log).toBe(0);
    expect(await step.post()).toMatchObject({ code: 0 });
  }
  expect(await gates.starts('same')).toBe(1);
});

it('steps of one job leave each other’s outputs and links', async () => {
  const workspace = await makeWorkspace(runner, 'owner');
  const run = (name: string) =>
    runScenario({
      builder,
      runner,
      workspace,
      attributes: { [name]: recipes.file(name, 10) },
      inputs: { 'copy-outputs': 'true', 'out-link': `made-by-${name}` },
    });
  const one = await run('one');
  const two = await run('two');
  expect(await linkTarget(runner, one, 'made-by-one-one')).toBe(outputPath(one, 'one'));
  expect(await linkTarget(runner, two, 'made-by-two-two')).toBe(outputPath(two, 'two'));
  expect(one.outputs.get('log-dir')).not.toBe(two.outputs.get('log-dir'));
});
