import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  recipes,
  startBuilder,
  startNixHost,
  type Builder,
  type HostProcess,
  type NixHost,
} from '../../lab/index.ts';
import { setUpOffload } from '../helpers/offload.ts';
import { outputPath, runScenario, type Scenario } from '../helpers/scenario.ts';
import { waitUntil } from '../helpers/wait-until.ts';

const SOCKET = '/run/other-daemon/socket';

describe('a daemon that listens at another place', () => {
  let builder: Builder;
  let runner: NixHost;
  let daemon: HostProcess;
  let scenario: Scenario;

  beforeAll(async () => {
    builder = await startBuilder();
    runner = await startNixHost({ name: 'runner', nix: 'root-owned' });
    const env = { NIX_DAEMON_SOCKET_PATH: SOCKET };
    daemon = runner.spawn(['nix-daemon'], { env });
    const listens = async (): Promise<boolean> =>
      (await runner.run(['test', '-S', SOCKET])).code === 0;
    await waitUntil(listens, 'the daemon', 10_000);
    scenario = { builder, runner, user: 'trusted', env };
  });

  afterAll(async () => {
    await daemon.stop();
    await Promise.all([runner.stop(), builder.stop()]);
  });

  it('is the local store of a step that builds', async () => {
    const ran = await runScenario({
      ...scenario,
      attributes: { direct: recipes.file('direct', 10) },
      inputs: { 'copy-outputs': 'true' },
    });
    expect(ran.statuses, ran.log).toEqual({ direct: 'built' });
    const path = outputPath(ran, 'direct');
    expect(await runner.validPaths([path])).toEqual(new Set([path]));
  });

  it('is the local store behind the offload socket, and of a step that builds after set-up', async () => {
    await using offload = await setUpOffload(scenario);
    await offload.writeFlake({ through: recipes.file('through', 10) });
    await offload.output(['nix', 'build', 'path:.#through']);
    const paths = await offload.outPaths(['through']);
    expect(await builder.validPaths(paths)).toEqual(new Set(paths));
    expect(await runner.validPaths(paths)).toEqual(new Set(paths));
    const ran = await runScenario({
      ...scenario,
      env: offload.env,
      attributes: { after: recipes.file('after', 10) },
      inputs: { 'copy-outputs': 'true' },
    });
    expect(ran.statuses, ran.log).toEqual({ after: 'built' });
  });
});
