import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  recipes,
  startBuilder,
  startNixHost,
  type Builder,
  type NixHost,
} from '../../lab/index.ts';
import {
  expectNothingLeft,
  expectWholeFlake,
  machineLine,
  machineUri,
} from '../helpers/builders.ts';
import { annotations } from '../helpers/failed-step.ts';
import { outputPath, runScenario } from '../helpers/scenario.ts';

it('builds on a machine of the oldest Nix from a runner of the oldest', async () => {
  await using builder = await startBuilder({ suite: 'bookworm' });
  await using runner = await startNixHost({
    ...{ suite: 'bookworm', name: 'runner' },
    nix: 'user-owned',
  });
  await expectWholeFlake(builder, runner, 'owner');
});

describe('on a runner with a daemon', () => {
  let builder: Builder;
  let runner: NixHost;

  beforeAll(async () => {
    builder = await startBuilder();
    runner = await startNixHost({ name: 'runner', nix: 'daemon' });
  });

  afterAll(async () => {
    await Promise.all([runner.stop(), builder.stop()]);
  });

  it('a user whom it does not trust has a daemon of his own by sudo', async () => {
    await expectWholeFlake(builder, runner, 'sudoer', { protocol: 'ssh' });
  });

  it('who is not trusted and has no sudo is refused, and nothing is built', async () => {
    const before = await builder.allPaths();
    const ran = await runScenario({
      ...{ builder, runner, user: 'ci' },
      attributes: { refused: recipes.file('refused', 10) },
      inputs: { store: '', builders: machineLine(builder) },
    });
    expect(ran.code).toBe(1);
    const [error, ...others] = annotations(ran.log, 'error');
    expect(others).toEqual([]);
    expect(error).toMatch(
      /^the local Nix daemon does not trust user 'ci', and sudo starts no private one/,
    );
    expect(ran.log).toContain("'trusted-users = root ci'");
    expect(ran.results.map(({ status }) => status)).toEqual(['cancelled']);
    expect(await builder.allPaths()).toEqual(before);
    await expectNothingLeft(runner);
  });

  it('machines pasted from a NixOS configuration are taken, with the host key that they name', async () => {
    const [hostKey = ''] = builder.hostKeys;
    const machines = [
      {
        hostName: '127.0.0.1',
        port: builder.port,
        protocol: 'ssh-ng',
        sshUser: 'trusted',
        system: null,
        systems: ['x86_64-linux', 'aarch64-linux'],
        maxJobs: 2,
        speedFactor: 1,
        supportedFeatures: ['big-parallel'],
        mandatoryFeatures: [],
        sshKey: null,
        publicHostKey: Buffer.from(hostKey).toString('base64'),
      },
    ];
    const ran = await runScenario({
      ...{ builder, runner, user: 'trusted' },
      attributes: { pasted: recipes.demanding('pasted', ['big-parallel']) },
      inputs: { store: '', 'known-hosts': '', builders: JSON.stringify(machines) },
    });
    expect(ran.statuses, ran.log).toEqual({ pasted: 'built' });
    expect(ran.results).toMatchObject([{ remote: machineUri(builder) }]);
    const output = outputPath(ran, 'pasted');
    expect(await builder.validPaths([output])).toEqual(new Set([output]));
  });
});
