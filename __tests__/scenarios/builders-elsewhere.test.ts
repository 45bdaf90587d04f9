import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  recipes,
  startBuilder,
  startNixHost,
  SUITES,
  type Builder,
  type NixHost,
} from '../../lab/index.ts';
import { expectNothingLeft, filesOfSteps, machineLine } from '../helpers/builders.ts';
import { annotations } from '../helpers/failed-step.ts';
import { setUpOffload } from '../helpers/offload.ts';
import { outputPath, runScenario } from '../helpers/scenario.ts';

const REFUSED = /^the local Nix daemon does not reach the sockets of this job/;

let builder: Builder;

beforeAll(async () => {
  builder = await startBuilder();
});

afterAll(() => builder.stop());

/** As in a job container with the host's /nix: the daemon sees another /tmp, and another file system, than the job. */
describe.each(SUITES)(
  'where the Nix daemon, of %s, runs outside of the job’s container',
  (suite) => {
    let nix: string;
    let outside: NixHost;
    let container: NixHost;

    beforeEach(async () => {
      nix = await mkdtemp('/tmp/shared-nix-');
      await chmod(nix, 0o755);
      const binds = [{ source: nix, destination: '/nix', access: 'rw' }] as const;
      container = await startNixHost({ suite, name: 'container', nix: 'daemon', binds });
      await container.daemon?.stop();
      outside = await startNixHost({ suite, name: 'outside', nix: 'daemon', binds });
    });

    afterEach(async () => {
      await Promise.all([outside.stop(), container.stop()]);
      await rm(nix, { recursive: true });
    });

    it('builders are refused by name, in a step and for later ones, and a remote store works', async () => {
      const here = { builder, runner: container, user: 'trusted' } as const;
      const inputs = { store: '', builders: machineLine(builder) };
      const attributes = { it: recipes.file(`elsewhere-${suite}`, 10) };
      const ran = await runScenario({ ...here, attributes, inputs });
      expect(ran.code).toBe(1);
      expect(annotations(ran.log, 'error'), ran.log).toEqual([expect.stringMatching(REFUSED)]);
      expect(ran.log).toContain('Use store in place of builders (mode: remote-store)');
      expect(await builder.builds()).toEqual([]);
      expect(await filesOfSteps(outside)).toEqual([]);
      await expectNothingLeft(container);

      await expect(setUpOffload({ ...here, inputs })).rejects.toThrow(
        /the local Nix daemon does not reach the sockets of this job/,
      );
      await expectNothingLeft(container);

      const remotely = { 'copy-outputs': 'true' };
      const built = await runScenario({ ...here, attributes, inputs: remotely });
      expect(built.statuses, built.log).toEqual({ it: 'built' });
      expect(await container.read(outputPath(built, 'it'))).toContain('elsewhere');
    });
  },
);

it('a daemon in the job’s own container is not taken for one outside, whatever it says of substituters', async () => {
  await using runner = await startNixHost({
    name: 'runner',
    nix: 'daemon',
    substituters: ['unix:///nowhere/socket'],
    nixConf: ['fallback = true'],
  });
  const ran = await runScenario({
    ...{ builder, runner, user: 'trusted' },
    attributes: { it: recipes.file('substituters', 10) },
    inputs: { store: '', builders: machineLine(builder) },
  });
  expect(ran.statuses, ran.log).toEqual({ it: 'built' });
  await expectNothingLeft(runner);
});
