import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  recipes,
  startBuilder,
  startNixHost,
  type Attributes,
  type Builder,
  type NixHost,
} from '../../lab/index.ts';
import {
  expectNothingLeft,
  expectNoTunnelNames,
  machineLine,
  machineUri,
} from '../helpers/builders.ts';
import { annotations } from '../helpers/failed-step.ts';
import { lastName, runScenario, type Ran } from '../helpers/scenario.ts';

const FOREIGN = 'riscv64-linux';

/** Where nobody listens. */
const DEAD = { port: 1 };

let near: Builder;
let far: Builder;
let runner: NixHost;

beforeAll(async () => {
  near = await startBuilder({ name: 'near' });
  // It runs whatever this machine runs.
  far = await startBuilder({
    name: 'far',
    nixConf: [`extra-platforms = ${FOREIGN}`, 'extra-system-features = kvm'],
  });
  runner = await startNixHost({ name: 'runner', nix: 'user-owned' });
});

afterAll(async () => {
  await Promise.all([runner.stop(), near.stop(), far.stop()]);
});

async function build(
  builders: readonly string[],
  attributes: Attributes,
  inputs: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const ran = await runScenario({
    ...{ builder: near, runner, attributes },
    inputs: {
      store: '',
      builders: builders.join('\n'),
      'ssh-key': [near, far].map(({ key }) => key.privateKey).join('\n'),
      'known-hosts': [near, far].map((each) => each.knownHosts()).join(''),
      ...inputs,
    },
  });
  await expectNothingLeft(runner);
  await expectNoTunnelNames(runner, ran);
  return ran;
}

/** Who built what, by the attribute's last name. */
function remotes({ results }: Ran): Readonly<Record<string, string | null>> {
  return Object.fromEntries(
    results.map(({ attribute, remote }) => [lastName(attribute), remote] as const),
  );
}

const there = (salt: string): Attributes => ({
  here: recipes.file(`${salt}-here`, 10),
  foreign: recipes.foreign(`${salt}-foreign`, FOREIGN),
  mixed: recipes.script(`${salt}-mixed`, 'cat ${foreign} ${here} > $out'),
});

it('each derivation is built on the machine of its system', async () => {
  const lines = [machineLine(near), machineLine(far, { systems: [FOREIGN] })];
  const ran = await build(lines, there('two'));
  expect(ran.code, ran.log).toBe(0);
  expect(remotes(ran)).toEqual({
    here: machineUri(near),
    foreign: machineUri(far),
    mixed: machineUri(near),
  });
});

it('one that is dead is left out by name, and the others build', async () => {
  const ran = await build([machineLine(DEAD), machineLine(near)], {
    left: recipes.file('left', 10),
  });
  expect(ran.statuses, ran.log).toEqual({ left: 'built' });
  expect(remotes(ran)).toEqual({ left: machineUri(near) });
  const warnings = annotations(ran.log, 'warning');
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatch(
    /^ssh-ng:\/\/trusted@127\.0\.0\.1:1 is left out: 127\.0\.0\.1 refuses connections on port 1:/,
  );
});

it('a derivation for whose system the only machine is dead fails, the others are built', async () => {
  const dead = machineLine(DEAD, { systems: [FOREIGN] });
  const ran = await build([dead, machineLine(near)], there('half'), { 'keep-going': 'true' });
  expect(ran.code).toBe(1);
  expect(ran.statuses, ran.log).toEqual({
    here: 'built',
    foreign: 'unsupported-system',
    mixed: 'dependency-failed',
  });
});

it('none that is left is an error of one line', async () => {
  const ran = await build([machineLine(DEAD), machineLine({ port: 2 })], {
    none: recipes.file('none', 10),
  });
  expect(ran.code).toBe(1);
  expect(annotations(ran.log, 'error')).toEqual([
    expect.stringMatching(
      /^none of 2 builders can be reached: ssh-ng:\/\/trusted@127\.0\.0\.1:1: 127\.0\.0\.1 refuses connections on port 1: .*; ssh-ng:\/\/trusted@127\.0\.0\.1:2: 127\.0\.0\.1 refuses connections on port 2: /,
    ),
  ]);
});

it('another host key than the known one is refused, though there is a machine beside it', async () => {
  const knownHosts = near.knownHosts() + near.knownHosts(far.port);
  const ran = await build(
    [machineLine(near), machineLine(far)],
    { refused: recipes.file('refused', 10) },
    { 'known-hosts': knownHosts },
  );
  expect(ran.code).toBe(1);
  expect(annotations(ran.log, 'error')).toEqual([expect.stringMatching(/host key/i)]);
  expect(ran.log).toContain(`the host key of [127.0.0.1]:${far.port} has changed`);
});

it('features and speed decide which of several machines builds', async () => {
  // As in the manual's example: equal machines of different speed, and one that builds only what asks for its feature.
  const fast = machineLine(far, { speedFactor: 4, supportedFeatures: ['kvm'] });
  const slow = machineLine(near, { speedFactor: 1, mandatoryFeatures: ['benchmark'] });
  const ran = await build(
    [slow, fast],
    {
      plain: recipes.file('plain', 10),
      virtual: recipes.demanding('virtual', ['kvm']),
      measured: recipes.demanding('measured', ['benchmark']),
      both: recipes.demanding('both', ['kvm', 'benchmark']),
    },
    { 'keep-going': 'true' },
  );
  expect(remotes(ran), ran.log).toEqual({
    plain: machineUri(far),
    virtual: machineUri(far),
    measured: machineUri(near),
    both: null,
  });
  expect(ran.statuses).toEqual({
    plain: 'built',
    virtual: 'built',
    measured: 'built',
    both: 'unsupported-system',
  });
});
