import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  recipes,
  startBuilder,
  startNixHost,
  type Builder,
  type NixHost,
  type NixSetup,
  type UserName,
} from '../../lab/index.ts';
import { machineLine } from '../helpers/builders.ts';
import { gated, Gates, SHOW_GATES } from '../helpers/gates.ts';
import { LiveStep } from '../helpers/live-step.ts';
import { setUpOffload } from '../helpers/offload.ts';
import { runScenario } from '../helpers/scenario.ts';
import { waitUntil } from '../helpers/wait-until.ts';

/** Nix never removes what it counts the builds on a machine with: there would be more of it with every job. */
const FOLDER = '/nix/var/nix/current-load';

const RUNNERS: readonly [nix: NixSetup, user: UserName][] = [
  ['user-owned', 'owner'],
  ['daemon', 'sudoer'],
];

describe.each(RUNNERS)('on a runner whose Nix is %s, as %s', (nix, user) => {
  let builder: Builder;
  let runner: NixHost;
  let gates: Gates;

  beforeAll(async () => {
    builder = await startBuilder({ nixConf: [SHOW_GATES] });
    runner = await startNixHost({ name: 'runner', nix });
    gates = await Gates.make(builder);
  });

  afterAll(async () => {
    await Promise.all([runner.stop(), builder.stop()]);
  });

  const inputs = (): Readonly<Record<string, string>> => ({
    store: '',
    builders: machineLine(builder),
  });

  async function locks(): Promise<readonly string[]> {
    const names = (await runner.output(['ls', FOLDER])).split('\n');
    return names.filter((name) => name.includes('nix-remote-build'));
  }

  it('a step leaves no lock files of its machines', async () => {
    const name = `${user}-step`;
    const live = await LiveStep.start({
      ...{ builder, runner, user, inputs: inputs() },
      attributes: { held: gated(name) },
    });
    await gates.running([name]);
    expect(await locks()).not.toEqual([]);
    await gates.open(name);
    expect((await live.ended()).statuses).toEqual({ held: 'built' });
    expect(await live.post()).toMatchObject({ code: 0 });
    expect(await locks()).toEqual([]);
  });

  it('nor do later steps', async () => {
    await using later = await setUpOffload({ builder, runner, user, inputs: inputs() });
    await later.writeFlake({ later: recipes.file(`${user}-later`, 10) });
    await later.output(['nix', 'build', '--no-link', 'path:.#later']);
    expect(await locks()).not.toEqual([]);
    expect(await later.stop()).toMatchObject({ code: 0 });
    expect(await locks()).toEqual([]);
  });

  it('nor does one that is killed, after post', async () => {
    const name = `${user}-killed`;
    const live = await LiveStep.start({
      ...{ builder, runner, user, inputs: inputs() },
      attributes: { held: gated(name) },
    });
    await gates.running([name]);
    await live.signal('SIGKILL');
    await live.ended();
    expect(await live.post()).toMatchObject({ code: 0 });
    await waitUntil(async () => (await locks()).length === 0, 'the end of the lock files');
    await gates.ended([name]);
    const ran = await runScenario({
      ...{ builder, runner, user, inputs: inputs() },
      attributes: { after: recipes.file(`${user}-after`, 10) },
    });
    expect(ran.statuses, ran.log).toEqual({ after: 'built' });
  });
});
