import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recipes, startLab, type Attributes, type Lab } from '../../lab/index.ts';
import { HURRY, inHurry, SHOW_HURRY } from '../helpers/cancelling.ts';
import { expectNothingBegun } from '../helpers/failed-step.ts';
import { LiveStep, type Ended } from '../helpers/live-step.ts';
import { linkTarget, makeWorkspace, runScenario, type Scenario } from '../helpers/scenario.ts';
import { expectWholeStores, validNames } from '../helpers/stores.ts';
import { waitUntil } from '../helpers/wait-until.ts';

const MEGABYTE = 1_000_000;

/** Builds for a minute, and says so all the time: what is damaged on the way is found at once. */
const TALKING_MINUTE = `for i in $(seq 300); do [ -e ${HURRY} ] && break; echo .; sleep 0.2; done; echo done > $out`;

const AGAIN = /connected to \S+ again/;

/** What goes wrong at once; a link that falls silent takes longer to find out: link-stall.matrix.test.ts. */
describe.each(['cut', 'corrupt'] as const)('a link that is %s', (kind) => {
  let lab: Lab;
  // Of what goes up it is the server that finds the damage: then it hangs up, with more of it to be read, or without.
  const reason =
    kind === 'cut'
      ? 'it was reset'
      : '(data was damaged on the way \\(.*\\)|it was reset|the server closed it)';
  const lost = new RegExp(`the connection to ci@127\\.0\\.0\\.1:\\d+ was lost: ${reason}`);

  beforeAll(async () => {
    lab = await startLab({
      builder: { suite: 'sid', nixConf: [SHOW_HURRY] },
      runner: { suite: 'sid', nix: 'user-owned' },
    });
  });

  afterAll(async () => {
    await lab.stop();
  });

  /** A workspace with these attributes and a source of two megabytes that neither side has seen. */
  async function prepare(attributes: Attributes): Promise<Scenario> {
    const { builder, runner, link } = lab;
    const workspace = await makeWorkspace(runner, 'owner');
    await runner.write(workspace, { blob: randomBytes(2 * MEGABYTE) }, 'owner');
    const inputs = { 'copy-outputs': 'true' };
    return { builder, runner, port: link.port, workspace, attributes, inputs };
  }

  /** That the step fails in time, and leaves no process anywhere and no damaged path. */
  async function failure(live: LiveStep): Promise<Ended> {
    const ended = await live.ended();
    expect(ended.code, ended.log).toBe(1);
    expect(ended.seconds).toBeLessThan(20);
    expect(await live.post()).toMatchObject({ code: 0 });
    expect(await lab.runner.processes()).toEqual([]);
    const { builder } = lab;
    await waitUntil(async () => (await builder.builds()).length === 0, 'the end of builds', 10_000);
    await expectWholeStores(lab);
    return ended;
  }

  /** That the step goes on over another connection, and leaves no process anywhere and no damaged path. */
  async function success(live: LiveStep): Promise<Ended> {
    const ended = await live.ended();
    expect(ended.code, ended.log).toBe(0);
    expect(ended.log).toMatch(AGAIN);
    expect(await live.post()).toMatchObject({ code: 0 });
    expect(await lab.runner.processes()).toEqual([]);
    await expectWholeStores(lab);
    return ended;
  }

  /** That the same step works when the link does. */
  async function again(scenario: Scenario): Promise<void> {
    const ran = await inHurry(lab.builder, () => runScenario(scenario));
    expect(ran.code, ran.log).toBe(0);
    expect(ran.results.map(({ copied }) => copied)).not.toContain(false);
  }

  it('while connecting: nothing is begun', async () => {
    const scenario = await prepare({ hello: recipes.file('hello', 10) });
    await lab.link.arm({ kind, direction: 'down', afterBytes: 600 });
    const ended = await failure(await LiveStep.start(scenario));
    const why =
      kind === 'cut' ? '\\w+ ECONNRESET' : 'Handshake failed: signature verification failed';
    expect(ended.errors).toEqual([
      expect.stringMatching(`^the SSH handshake with 127\\.0\\.0\\.1 failed: ${why}`),
    ]);
    expectNothingBegun(ended);
    await again(scenario);
  });

  it('while derivations go up: the damaged path is not registered, and they go up again', async () => {
    const scenario = await prepare({ up: recipes.script('up', 'cat ${./blob} > $out') });
    await lab.link.arm({ kind, direction: 'up', afterBytes: MEGABYTE });
    const { statuses, log } = await success(await LiveStep.start(scenario));
    expect(statuses).toEqual({ up: 'built' });
    expect(log).toMatch(lost);
    expect(await validNames(lab.builder)).toContain('blob');
  });

  it('while it builds: what was finished is built once, the rest is begun again', async () => {
    const scenario = await prepare({
      quick: recipes.file('quick', 100),
      long: recipes.script('long', TALKING_MINUTE),
    });
    const live = await LiveStep.start(scenario);
    await live.said(/^\[\d+\/\d+\] built quick on /m);
    await waitUntil(async () => (await validNames(lab.runner)).includes('quick'), 'quick here');
    if (kind === 'cut') await lab.link.cut();
    else await lab.link.arm({ kind, direction: 'down', afterBytes: 0 });
    await live.said(AGAIN);
    const { statuses, results, log } = await inHurry(lab.builder, () => success(live));
    expect(statuses).toEqual({ quick: 'built', long: 'built' });
    expect(results.map(({ copied }) => copied)).toEqual([true, true]);
    expect(log).toMatch(lost);
    expect(log.split('built quick on')).toHaveLength(2);
    expect(await linkTarget(lab.runner, live, 'result-quick')).toMatch(/-quick$/);
  });

  it('while outputs come back: the rest comes over another', async () => {
    const scenario = await prepare({
      first: recipes.file('first', 100),
      big: recipes.script('big', `sleep 2; head -c ${4 * MEGABYTE} /dev/urandom > $out`),
    });
    // All that comes down before is much less.
    await lab.link.arm({ kind, direction: 'down', afterBytes: MEGABYTE });
    const { statuses, results, log } = await success(await LiveStep.start(scenario));
    expect(statuses).toEqual({ first: 'built', big: 'built' });
    expect(results.map(({ copied }) => copied)).toEqual([true, true]);
    expect(log).toMatch(lost);
    expect(await validNames(lab.runner)).toContain('big');
  });
});
