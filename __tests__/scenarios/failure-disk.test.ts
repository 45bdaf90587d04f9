import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomBytes } from 'node:crypto';
import {
  recipes,
  startBuilder,
  startNixHost,
  type Builder,
  type NixHost,
} from '../../lab/index.ts';
import { runToFailure } from '../helpers/failed-step.ts';
import { makeWorkspace } from '../helpers/scenario.ts';
import { expectWholeStore, validNames } from '../helpers/stores.ts';

const MEGABYTE = 1_000_000;

describe('a disk that fills up', () => {
  let builder: Builder;
  let smallBuilder: Builder;
  let runner: NixHost;
  let smallRunner: NixHost;

  beforeAll(async () => {
    const nixSize = '24m';
    builder = await startBuilder({ suite: 'sid' });
    smallBuilder = await startBuilder({ suite: 'sid', name: 'small', nixSize });
    runner = await startNixHost({ suite: 'sid', name: 'runner', nix: 'user-owned' });
    smallRunner = await startNixHost({ suite: 'sid', name: 'low', nix: 'user-owned', nixSize });
  });

  afterAll(async () => {
    for (const host of [builder, smallBuilder, runner, smallRunner]) await host.stop();
  });

  it('on the runner, while outputs come back: the rest keeps its status, nothing is half there', async () => {
    const { code, errors, statuses, results } = await runToFailure({
      builder,
      runner: smallRunner,
      attributes: {
        small: recipes.file('small', 100),
        large: recipes.script('large', `sleep 1; head -c ${40 * MEGABYTE} /dev/urandom > $out`),
        bad: recipes.failing('bad'),
      },
      inputs: { 'copy-outputs': 'true', 'keep-going': 'true' },
    });
    expect(code).toBe(1);
    expect(statuses).toEqual({ small: 'built', large: 'built', bad: 'failed' });
    expect(results).toMatchObject([
      { copied: false, error: { code: 'build-failed' } },
      { copied: false, error: { code: 'disk-full' } },
      { copied: true },
    ]);
    expect(errors).toEqual([
      expect.stringMatching(/^Cannot build '\S+-bad\.drv'\. /),
      expect.stringMatching(
        /^the local store: .*No space left on device\. Free disk space for the local store, for example with nix-collect-garbage\.$/,
      ),
      expect.stringMatching(/^1 of 3 attributes failed: packages\.\S+\.bad \(failed\): /),
    ]);
    expect(await validNames(smallRunner)).toContain('small');
    expect(await validNames(smallRunner)).not.toContain('large');
    await expectWholeStore(smallRunner);
  });

  it('on the builder, while derivations go up', async () => {
    const workspace = await makeWorkspace(runner, 'owner');
    await runner.write(workspace, { blob: randomBytes(40 * MEGABYTE) }, 'owner');
    const { code, errors, statuses, results } = await runToFailure({
      builder: smallBuilder,
      runner,
      workspace,
      attributes: { up: recipes.script('up', 'cat ${./blob} > $out') },
    });
    expect(code).toBe(1);
    expect(statuses).toEqual({ up: 'failed' });
    expect(results).toMatchObject([{ error: { code: 'disk-full' } }]);
    expect(errors[0]).toMatch(
      /^(ssh-ng:\/\/ci@\S+): .*No space left on device\. Free disk space for \1, for example with nix-collect-garbage\.$/,
    );
    expect(await validNames(smallBuilder)).not.toContain('blob');
    await expectWholeStore(smallBuilder);
    // What the message says to do frees what the broken upload left.
    await smallBuilder.output(['nix-collect-garbage']);
  });

  it('on the builder, while it builds', async () => {
    const { code, errors, statuses, results, log } = await runToFailure({
      builder: smallBuilder,
      runner,
      attributes: {
        fits: recipes.file('fits', 100),
        fills: recipes.script('fills', `sleep 1; head -c ${40 * MEGABYTE} /dev/zero > $out`),
      },
    });
    expect(code).toBe(1);
    expect(statuses).toEqual({ fits: 'built', fills: 'failed' });
    expect(results).toMatchObject([{ error: { code: 'build-failed' } }, {}]);
    // It was the build's own program that could not write: what it said of that is in its log.
    expect(errors[0]).toMatch(
      /^Cannot build '\S+-fills\.drv'\. Reason: builder failed with exit code 1\. Its log ends with: head: standard output: I\/O error\. Its whole log is above, /,
    );
    expect(log).toMatch(/No space left on device/);
    await expectWholeStore(smallBuilder);
  });
});
