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
import { linkTarget, outputPath, runScenario } from '../helpers/scenario.ts';
import { TESTED_SUITES } from '../helpers/suites.ts';

const ATTRIBUTES = {
  leaf: recipes.file('leaf', 1000),
  top: recipes.script('top', 'wc -c < ${leaf} > $out'),
  bad: recipes.failing('bad'),
  after: recipes.script('after', 'cat ${bad} > $out'),
  imported: recipes.importFromDerivation('imported'),
};

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

  /** Whose configuration has everything built on a machine that does not answer. */
  function startRunner(nix: NixHost['setup']): Promise<NixHost> {
    const { port } = nowhere.address() as AddressInfo;
    const builders = `builders = ssh-ng://ci@127.0.0.1:${port} x86_64-linux - 4`;
    return startNixHost({ suite, name: 'runner', nix, maxJobs: 0, nixConf: [builders] });
  }

  it.each(RUNNERS)('builds all in the store of a %s, as %s', async (nix, user) => {
    await using runner = await startRunner(nix);
    const ran = await runScenario({
      ...{ builder, runner, user, attributes: ATTRIBUTES },
      inputs: {
        ...{ mode: 'local', store: `ssh-ng://ci@127.0.0.1:${builder.port}`, 'ssh-key': '' },
        ...{ 'keep-going': 'true', 'copy-outputs': '*.top' },
      },
      env: { NIX_CONFIG: `builders = ssh-ng://ci@127.0.0.1:1 x86_64-linux - 4` },
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
