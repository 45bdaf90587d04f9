import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  recipes,
  startBuilder,
  startNixHost,
  type Builder,
  type NixHost,
} from '../../lab/index.ts';
import { machineLine, machineUri } from '../helpers/builders.ts';
import { credentialsOf } from '../helpers/machines.ts';
import { annotations } from '../helpers/failed-step.ts';
import { lastName, makeWorkspace, runScenario, type Ran } from '../helpers/scenario.ts';

let near: Builder;
let far: Builder;
let runner: NixHost;

beforeAll(async () => {
  [near, far, runner] = await Promise.all([
    startBuilder({ name: 'near', nixConf: ['extra-system-features = near'] }),
    startBuilder({ name: 'far', nixConf: ['extra-system-features = far'] }),
    startNixHost({ name: 'runner', nix: 'user-owned' }),
  ]);
});

afterAll(async () => {
  await Promise.all([near.stop(), far.stop(), runner.stop()]);
});

let salts = 0;

/** Builds what only one of the machines may build, and what only the other may. */
async function build(inputs: Readonly<Record<string, string>>, workspace?: string): Promise<Ran> {
  const salt = (salts += 1);
  return await runScenario({
    ...{ builder: near, runner, workspace },
    attributes: {
      atNear: recipes.demanding(`near-${salt}`, ['near']),
      atFar: recipes.demanding(`far-${salt}`, ['far']),
    },
    inputs: {
      ...credentialsOf([{ builder: near }, { builder: far }]),
      ...{ store: '', 'keep-going': 'true' },
      ...inputs,
    },
  });
}

/** Who built what; what was not built has its status. */
function machines({ results }: Ran): Readonly<Record<string, string>> {
  const told = results.map(({ attribute, status, remote }) => {
    return [lastName(attribute), status === 'built' ? (remote ?? '') : status] as const;
  });
  return Object.fromEntries(told);
}

const both = (): unknown => ({ atNear: machineUri(near), atFar: machineUri(far) });

describe('builders', () => {
  it('in a file of the workspace, which includes another', async () => {
    const workspace = await makeWorkspace(runner, 'owner');
    const farther = `${workspace}/machines.far`;
    const files = {
      'machines.near': `# the near one\n${machineLine(near, { supportedFeatures: ['near'] })}\n@${farther}\n`,
      'machines.far': `${machineLine(far, { supportedFeatures: ['far'] })}\n`,
    };
    await runner.write(workspace, files, 'owner');
    const ran = await build({ builders: '@machines.near' }, workspace);
    expect(machines(ran), ran.log).toEqual(both());
  });

  it('in a file that is not there', async () => {
    const ran = await build({ builders: '@/etc/nix/machines' });
    expect(ran.code).toBe(1);
    expect(annotations(ran.log, 'error')).toEqual([
      expect.stringMatching(/the file "\/etc\/nix\/machines" does not exist/),
    ]);
  });

  it('on one line with a semicolon between', async () => {
    const lines = [
      machineLine(near, { supportedFeatures: ['near'] }),
      machineLine(far, { supportedFeatures: ['far'] }),
    ];
    const ran = await build({ builders: lines.join(' ; ') });
    expect(machines(ran), ran.log).toEqual(both());
  });

  it('as YAML in blocks, with the names of nix.buildMachines', async () => {
    const entry = ({ port }: Builder, feature: string): string =>
      [
        '- hostName: 127.0.0.1',
        `  port: ${port}`,
        '  protocol: ssh-ng',
        '  sshUser: trusted',
        '  sshKey: null',
        '  systems:',
        '    - x86_64-linux',
        '    - aarch64-linux',
        '  maxJobs: 2',
        '  speedFactor: 1',
        `  supportedFeatures: [${feature}]`,
        '  mandatoryFeatures: []',
        '  publicHostKey: null # known-hosts has it',
      ].join('\n');
    const ran = await build({ builders: `${entry(near, 'near')}\n\n${entry(far, 'far')}\n` });
    expect(machines(ran), ran.log).toEqual(both());
  });
});

describe('store and builders together', () => {
  const inputs = (): Readonly<Record<string, string>> => ({
    store: `${machineUri(near)}?system-features=near`,
    builders: machineLine(far, { supportedFeatures: ['far'] }),
  });

  it('with mode: builders, the store is one machine more', async () => {
    const ran = await build({ ...inputs(), mode: 'builders' });
    expect(ran.outputs.get('mode')).toBe('builders');
    expect(machines(ran), ran.log).toEqual(both());
  });

  it('with mode: remote-store, only the store builds', async () => {
    const ran = await build({ ...inputs(), mode: 'remote-store' });
    expect(ran.outputs.get('mode')).toBe('remote-store');
    expect(machines(ran), ran.log).toEqual({
      atNear: expect.stringContaining(machineUri(near)) as string,
      atFar: 'unsupported-system',
    });
  });

  it('with mode: builders and no builders, the store alone is a machine', async () => {
    const ran = await build({ ...inputs(), builders: '', mode: 'builders' });
    expect(machines(ran), ran.log).toEqual({
      atNear: machineUri(near),
      atFar: 'unsupported-system',
    });
  });

  it('with other settings for one machine, they are refused', async () => {
    const line = machineLine(near, { supportedFeatures: ['far'] });
    const ran = await build({ ...inputs(), builders: line, mode: 'builders' });
    expect(ran.code).toBe(1);
    expect(annotations(ran.log, 'error')).toEqual([
      expect.stringContaining(`${machineUri(near)} has other settings than in builders`),
    ]);
  });
});
