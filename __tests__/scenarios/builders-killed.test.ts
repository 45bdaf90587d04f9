import { afterAll, beforeAll, expect, it } from 'vitest';
import { recipes, startBuilder, startNixHost, type Builder } from '../../lab/index.ts';
import {
  configuration,
  expectNothingLeft,
  filesOfSteps,
  machineLine,
} from '../helpers/builders.ts';
import { LiveStep } from '../helpers/live-step.ts';
import { waitUntil } from '../helpers/wait-until.ts';

let builder: Builder;

beforeAll(async () => {
  builder = await startBuilder();
});

afterAll(() => builder.stop());

it('of two jobs with private daemons one is killed: the other and the system go on, nothing is left', async () => {
  const user = 'sudoer';
  await using runner = await startNixHost({ name: 'runner', nix: 'daemon' });
  const before = await configuration(runner);
  const inputs = { store: '', builders: machineLine(builder) };
  const start = (name: string, seconds: number): Promise<LiveStep> =>
    LiveStep.start({
      ...{ builder, runner, user, inputs },
      attributes: { [name]: recipes.silent(name, seconds) },
    });
  const killed = await start('minute', 60);
  await killed.said(/^building minute/m);
  const files = await filesOfSteps(runner);
  const other = await start('short', 2);
  await other.said(/^building short/m);
  await waitUntil(async () => (await builder.builds()).length === 2, 'both builds', 10_000);

  await killed.signal('SIGKILL');
  await killed.ended();
  expect(await killed.post()).toMatchObject({ code: 0 });
  const remains = async (): Promise<boolean> =>
    (await filesOfSteps(runner)).some((file) => files.includes(file));
  await waitUntil(async () => !(await remains()), 'the end of what the killed step made');
  const { code, statuses, log } = await other.ended();
  expect({ code, statuses }, log).toEqual({ code: 0, statuses: { short: 'built' } });
  expect(await other.post()).toMatchObject({ code: 0 });
  await waitUntil(
    async () => (await builder.builds()).length === 0,
    'the end of the build',
    10_000,
  );
  await expectNothingLeft(runner);
  expect(await configuration(runner)).toEqual(before);
  expect(await runner.output(['nix', 'store', 'ping'], { user })).toBeDefined();
});
