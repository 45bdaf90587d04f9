import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { recipes, startLab, type Lab } from '../../lab/index.ts';
import { nothingLeft } from '../helpers/cancelling.ts';
import { installFakeDaemon } from '../helpers/fake-daemon.ts';
import { LiveStep, type Ended } from '../helpers/live-step.ts';
import type { Scenario } from '../helpers/scenario.ts';
import { expectWholeStores, validNames } from '../helpers/stores.ts';
import { waitUntil } from '../helpers/wait-until.ts';

const MEGABYTE = 1_000_000;

/** The phases before and after the build, each of which waits for somebody; the build itself is in cancel-build.test.ts. */
describe('cancelling', () => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await startLab({
      builder: { suite: 'sid' },
      runner: { suite: 'sid', nix: 'user-owned' },
    });
  });

  afterEach(async () => {
    await nothingLeft(lab.builder, lab.runner);
  });

  afterAll(async () => {
    await expectWholeStores(lab);
    await lab.stop();
  });

  async function start(scenario: Partial<Scenario>): Promise<LiveStep> {
    const { builder, runner } = lab;
    const attributes = { hello: recipes.file('hello', 10) };
    return await LiveStep.start({ builder, runner, attributes, ...scenario });
  }

  async function cancel(live: LiveStep): Promise<Ended> {
    await live.signal('SIGINT');
    const ended = await live.ended();
    expect(ended.code, ended.log).toBe(1);
    expect(ended.secondsAfterSignal).toBeLessThan(5);
    expect(await live.post()).toMatchObject({ code: 0 });
    return ended;
  }

  it('ends the wait for a server that says nothing', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const connected = once(server, 'connection');
    const live = await start({ port: (server.address() as AddressInfo).port });
    await connected;
    const { errors } = await cancel(live);
    server.close();
    expect(errors).toEqual([expect.stringMatching(/cancelled$/)]);
  });

  it('ends the wait for a daemon that does not greet', async () => {
    const query = await installFakeDaemon(lab.builder, 'mute', 'void bytes(Infinity);');
    const live = await start({ query });
    const runs = async () =>
      (await lab.builder.processes()).some(({ argv }) => argv.includes('/opt/fake/bin/mute'));
    await waitUntil(runs, 'the daemon', 10_000);
    const { errors } = await cancel(live);
    expect(errors).toEqual([expect.stringMatching(/cancelled$/)]);
  });

  it('ends a copy, and registers nothing of it', async () => {
    const { link, runner } = lab;
    await link.shape({ down: { bytesPerSecond: MEGABYTE } });
    const live = await start({
      port: link.port,
      attributes: { big: recipes.script('big', `head -c ${20 * MEGABYTE} /dev/urandom > $out`) },
      inputs: { 'copy-outputs': 'true' },
    });
    await live.said(/^copying back/m);
    const { errors, results } = await cancel(live);
    await link.shape({});
    expect(results).toMatchObject([
      { status: 'built', copied: false, error: { code: 'cancelled' } },
    ]);
    expect(errors.at(-1)).toMatch(
      /^1 of 1 attribute could not be copied back: packages\.\S+\.big: copying from ssh-ng:\S+ to the local store was cancelled/,
    );
    expect(await validNames(runner)).not.toContain('big');
  });
});
