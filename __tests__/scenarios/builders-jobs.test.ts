import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  recipes,
  startBuilder,
  startNixHost,
  type Builder,
  type NixHost,
  type NixSetup,
  type UserName,
} from '../../lab/index.ts';
import {
  configuration,
  expectNothingLeft,
  filesOfSteps,
  machineLine,
} from '../helpers/builders.ts';
import { gated, Gates, SHOW_GATES } from '../helpers/gates.ts';
import { LiveStep } from '../helpers/live-step.ts';
import { waitUntil } from '../helpers/wait-until.ts';

let builder: Builder;
let gates: Gates;

beforeAll(async () => {
  builder = await startBuilder({ nixConf: [SHOW_GATES] });
  gates = await Gates.make(builder);
});

afterAll(() => builder.stop());

/** The processes of the system's daemon. */
async function daemons(runner: NixHost): Promise<readonly number[]> {
  const all = await runner.processes();
  return all.filter(({ argv }) => argv.join(' ') === 'nix-daemon').map(({ pid }) => pid);
}

/** What a job builds; part of it takes as long as the gate is closed. */
function attributes(salt: string): Readonly<Record<string, string>> {
  return {
    held: gated(`${salt}-held`),
    after: recipes.script(`${salt}-after`, 'cat ${held} > $out'),
  };
}

it.each<[nix: NixSetup, user: UserName, other: UserName]>([
  ['user-owned', 'owner', 'owner'],
  ['daemon', 'trusted', 'trusted'],
  // By a private daemon, beside one that uses the system's.
  ['daemon', 'sudoer', 'trusted'],
  ['daemon', 'trusted', 'sudoer'],
])(
  'where Nix is %s, the job of %s is killed in mid-build, and that of %s beside it goes on',
  async (nix, user, other) => {
    await using runner = await startNixHost({ name: 'runner', nix });
    const before = await configuration(runner);
    const system = await daemons(runner);
    const salt = `${nix}-${user}-${other}`;
    const inputs = { store: '', builders: machineLine(builder) };
    const start = (name: UserName, each: string): Promise<LiveStep> =>
      LiveStep.start({ ...{ builder, runner, user: name, inputs }, attributes: attributes(each) });
    const killed = await start(user, `${salt}-killed`);
    await gates.running([`${salt}-killed-held`]);
    const files = await filesOfSteps(runner);
    const live = await start(other, `${salt}-live`);
    await gates.running([`${salt}-live-held`]);

    await killed.signal('SIGKILL');
    await killed.ended();
    expect(await killed.post()).toMatchObject({ code: 0 });
    await gates.ended([`${salt}-killed-held`]);
    const isGone = async (): Promise<boolean> =>
      (await filesOfSteps(runner)).every((file) => !files.includes(file));
    await waitUntil(isGone, 'the end of the files of the job that was killed');

    await gates.open(`${salt}-live-held`);
    const { code, statuses, log } = await live.ended();
    expect({ code, statuses }, log).toEqual({
      code: 0,
      statuses: { held: 'built', after: 'built' },
    });
    expect(await gates.starts(`${salt}-live-held`)).toBe(1);
    expect(await live.post()).toMatchObject({ code: 0 });
    await expectNothingLeft(runner);
    expect(await configuration(runner)).toEqual(before);
    expect(await daemons(runner)).toEqual(system);
  },
);
