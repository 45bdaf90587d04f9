import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  recipes,
  startBuilder,
  startNixHost,
  type Builder,
  type NixHost,
  type UserName,
} from '../../lab/index.ts';
import { runToFailure } from '../helpers/failed-step.ts';
import { LiveStep } from '../helpers/live-step.ts';
import { linkTarget, outputPath, runScenario } from '../helpers/scenario.ts';
import { TESTED_SUITES } from '../helpers/suites.ts';
import { waitUntil } from '../helpers/wait-until.ts';

const ATTRIBUTES = {
  leaf: recipes.file('leaf', 1000),
  top: recipes.script('top', 'wc -c < ${leaf} > $out'),
  bad: recipes.failing('bad'),
  after: recipes.script('after', 'cat ${bad} > $out'),
  imported: recipes.importFromDerivation('imported'),
};

/** By whose name Nix runs a program here. */
const MACHINE = 'ssh-ng://localhost?remote-program=/opt/machine x86_64-linux - 4';

const RUNNERS: readonly (readonly [NixHost['setup'], UserName])[] = [
  ['daemon', 'ci'],
  ['user-owned', 'owner'],
];

describe.each(TESTED_SUITES)('mode: local with the Nix of %s', (suite) => {
  let builder: Builder;
  let nowhere: Server;
  let connections = 0;

  beforeAll(async () => {
    builder = await startBuilder({ suite: 'sid' });
    nowhere = createServer((socket) => {
      connections += 1;
      socket.destroy();
    }).listen(0, '127.0.0.1');
    await once(nowhere, 'listening');
  });

  afterAll(async () => {
    nowhere.close();
    await builder.stop();
  });

  /** Whose configuration has everything built on a machine; whoever asks for that machine leaves a file. */
  async function startRunner(nix: NixHost['setup']): Promise<NixHost> {
    const options = { suite, name: 'runner', nix, maxJobs: 0, nixConf: [`builders = ${MACHINE}`] };
    const runner = await startNixHost(options);
    await runner.write('/opt', { machine: '#!/bin/sh\n: > /tmp/asked-$$\nexit 1\n' });
    await runner.output(['chmod', '755', '/opt/machine']);
    return runner;
  }

  async function requests(runner: NixHost): Promise<string> {
    return await runner.output(['find', '/tmp', '-maxdepth', '1', '-name', 'asked-*']);
  }

  it.each(RUNNERS)('builds all in the store of a %s, as %s', async (nix, user) => {
    await using runner = await startRunner(nix);
    const ran = await runScenario({
      ...{ builder, runner, user, attributes: ATTRIBUTES },
      inputs: {
        ...{ mode: 'local', store: `ssh-ng://ci@127.0.0.1:${portOf(nowhere)}`, 'ssh-key': '' },
        ...{ 'keep-going': 'true', 'copy-outputs': '*.top' },
      },
      env: { NIX_CONFIG: `builders = ${MACHINE}` },
    });
    expect(ran.statuses, ran.log).toEqual({
      ...{ leaf: 'built', top: 'built', imported: 'built' },
      ...{ bad: 'failed', after: 'dependency-failed' },
    });
    const outputs = ['leaf', 'top', 'imported'].map((name) => outputPath(ran, name));
    expect(await runner.validPaths(outputs)).toEqual(new Set(outputs));
    expect(await builder.validPaths(outputs)).toEqual(new Set());
    expect(await linkTarget(runner, ran, 'result-top')).toBe(outputPath(ran, 'top'));
    expect(await linkTarget(runner, ran, 'result-leaf')).toBeUndefined();
    const built = ran.results.find(({ status }) => status === 'built');
    expect(built).toMatchObject({ remote: 'this machine' });
    const totals = ['mode', 'bytes-uploaded', 'bytes-downloaded'];
    expect(totals.map((name) => ran.outputs.get(name))).toEqual(['local', '0', '0']);
    expect(ran.summary).toContain(
      'Mode **local** on <code>this machine</code>: the input mode says so. ',
    );
    expect(ran.log).toContain('bad fails on purpose');
    expect(ran.log).not.toContain('connected to');
    expect(connections).toBe(0);
    expect(await requests(runner)).toBe('');
  });

  it.each(RUNNERS)('is cancelled in the store of a %s, and leaves no build', async (nix, user) => {
    await using runner = await startRunner(nix);
    const live = await LiveStep.start({
      ...{ builder, runner, user },
      attributes: { minute: recipes.slow('minute', 60) },
      inputs: { mode: 'local', store: '' },
    });
    await live.said(/^building minute/m);
    await live.signal('SIGINT');
    const ended = await live.ended();
    expect(ended).toMatchObject({ code: 1, statuses: { minute: 'cancelled' } });
    expect(ended.secondsAfterSignal).toBeLessThan(10);
    const none = async () => (await runner.builds()).length === 0;
    await waitUntil(none, 'the end of all builds');
    expect(await live.post()).toMatchObject({ code: 0 });
  });

  it('hands over the options', async () => {
    await using runner = await startRunner('daemon');
    const ran = await runScenario({
      ...{ builder, runner, user: 'ci' },
      attributes: { cores: recipes.script('cores', 'echo $NIX_BUILD_CORES > $out') },
      inputs: { mode: 'local', store: '', cores: '3', 'build-options': 'sandbox = false' },
    });
    expect(ran.code, ran.log).toBe(0);
    expect(await runner.read(outputPath(ran, 'cores'))).toBe('3\n');
    expect(ran.log).toContain(
      'build-options: sandbox is heeded for trusted users only, and this machine does not trust this one.',
    );
  });

  it('sets up nothing', async () => {
    await using runner = await startRunner('daemon');
    const { code, errors } = await runToFailure({
      ...{ builder, runner },
      inputs: { mode: 'local', installables: '' },
    });
    expect(code).toBe(1);
    expect(errors).toEqual([
      "Input 'mode': 'local' sets up nothing, and there are no installables. Nix in later steps builds locally by itself: leave " +
        'this step out, or name what to build.',
    ]);
  });
});

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
