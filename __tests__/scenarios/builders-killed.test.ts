import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  recipes,
  startBuilder,
  startNixHost,
  type Builder,
  type NixHost,
} from '../../lab/index.ts';
import {
  configuration,
  expectNothingLeft,
  filesOfSteps,
  machineLine,
} from '../helpers/builders.ts';
import { offloadProcess } from '../helpers/offload-process.ts';
import { setUpOffload } from '../helpers/offload.ts';
import { LiveStep } from '../helpers/live-step.ts';
import { waitUntil } from '../helpers/wait-until.ts';

let builder: Builder;

beforeAll(async () => {
  builder = await startBuilder();
});

afterAll(() => builder.stop());

/** Waits until so many builds run on the machine; each sleeps. */
async function running(count: number): Promise<void> {
  const isSo = async (): Promise<boolean> =>
    (await builder.builds()).filter(({ argv }) => argv[0] === 'sleep').length === count;
  await waitUntil(isSo, `${count} builds`, 10_000);
}

/** Those of a killed step's files that are there still. */
async function remaining(runner: NixHost, files: readonly string[]): Promise<readonly string[]> {
  return (await filesOfSteps(runner)).filter((file) => files.includes(file));
}

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
  await running(2);

  await killed.signal('SIGKILL');
  await killed.ended();
  expect(await killed.post()).toMatchObject({ code: 0 });
  await waitUntil(
    async () => (await remaining(runner, files)).length === 0,
    'the end of what the killed step made',
  ).catch(async (error: unknown) => {
    throw new Error(`left: ${(await remaining(runner, files)).join(', ')}`, { cause: error });
  });
  const { code, statuses, log } = await other.ended();
  expect({ code, statuses }, log).toEqual({ code: 0, statuses: { short: 'built' } });
  expect(await other.post()).toMatchObject({ code: 0 });
  await running(0);
  await expectNothingLeft(runner);
  expect(await configuration(runner)).toEqual(before);
  expect(await runner.output(['nix', 'store', 'ping'], { user })).toBeDefined();
});

it('where the process behind the tunnels of later steps is killed, post leaves nothing either', async () => {
  await using runner = await startNixHost({ name: 'runner', nix: 'daemon' });
  const before = await configuration(runner);
  const inputs = { store: '', builders: machineLine(builder) };
  await using later = await setUpOffload({ builder, runner, user: 'sudoer', inputs });
  await later.writeFlake({ long: recipes.silent('long', 60) });
  const ended = later.spawn(['nix', 'build', 'path:.#long']).collect();
  await running(1);
  const { pid } = await offloadProcess(runner);
  await runner.output(['kill', '-KILL', String(pid)]);
  expect((await ended).code).not.toBe(0);
  expect(await later.stop()).toMatchObject({ code: 0 });
  await running(0);
  expect(await filesOfSteps(runner)).toEqual([]);
  // The private daemon gives its builds a second.
  const isOver = async (): Promise<boolean> =>
    (await runner.processes()).every(({ argv }) => argv.join(' ') === 'nix-daemon');
  await waitUntil(isOver, 'the end of the private daemon');
  await expectNothingLeft(runner);
  expect(await configuration(runner)).toEqual(before);
  await runner.output(['nix', 'store', 'ping'], { user: 'ci' });
});
