import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  Link,
  recipes,
  startBuilder,
  startNixHost,
  type Attributes,
  type Builder,
  type NixHost,
} from '../../lab/index.ts';
import { HURRY, inHurry, SHOW_HURRY } from '../helpers/cancelling.ts';
import { installFakeDaemon } from '../helpers/fake-daemon.ts';
import { runToFailure } from '../helpers/failed-step.ts';
import { LiveStep, type Ended } from '../helpers/live-step.ts';
import { makeWorkspace, runScenario, type Scenario } from '../helpers/scenario.ts';
import { expectWholeStores, validNames } from '../helpers/stores.ts';
import { waitUntil } from '../helpers/wait-until.ts';

const MEGABYTE = 1_000_000;

/** Milliseconds within which a dead link is to be found; how long another connection is tried for; what ending the step may take then. */
const FOUND_MS = 60_000;
const AGAIN_MS = 60_000;
const END_MS = 10_000;

const SILENCE =
  'the connection to ci@127\\.0\\.0\\.1:\\d+ was lost: nothing moved on it for 36 s\\. Run the step again: what was finished is not done twice\\.$';

/** The limits are those of real steps, so each of these takes most of a minute; they run side by side, each on a link of its own. */
describe.concurrent('a link that falls silent', () => {
  let builder: Builder;
  let runner: NixHost;

  beforeAll(async () => {
    builder = await startBuilder({ suite: 'sid', nixConf: [SHOW_HURRY] });
    runner = await startNixHost({ suite: 'sid', name: 'runner', nix: 'user-owned' });
  });

  afterAll(async () => {
    await expectWholeStores({ builder, runner });
    await builder.stop();
    await runner.stop();
  });

  async function prepare(link: Link, attributes: Attributes): Promise<Scenario> {
    const workspace = await makeWorkspace(runner, 'owner');
    await runner.write(workspace, { blob: randomBytes(2 * MEGABYTE) }, 'owner');
    const inputs = { 'copy-outputs': 'true' };
    return { builder, runner, port: link.port, workspace, attributes, inputs };
  }

  async function failure(live: LiveStep): Promise<Ended> {
    const limit = FOUND_MS + AGAIN_MS + END_MS;
    const ended = await live.ended(limit);
    expect(ended.code, ended.log).toBe(1);
    expect(ended.seconds * 1000).toBeLessThan(limit);
    expect(await live.post()).toMatchObject({ code: 0 });
    return ended;
  }

  /**
   * That the same step works, once the builder knows that the connection is gone: until then its daemon holds the locks of what it
   * was sent or builds. In the lab it is told; sshd's ClientAliveInterval is how a real one finds out.
   */
  async function again(link: Link, scenario: Scenario): Promise<void> {
    await link.stop();
    const ran = await runScenario({ ...scenario, port: builder.port });
    expect(ran.code, ran.log).toBe(0);
    expect(ran.results.map(({ copied }) => copied)).not.toContain(false);
  }

  it('while connecting', async () => {
    await using link = await Link.start(builder.port);
    const scenario = await prepare(link, { hello: recipes.file('hello', 10) });
    await link.arm({ kind: 'stall', direction: 'down', afterBytes: 600 });
    const { errors } = await failure(await LiveStep.start(scenario));
    expect(errors).toEqual([
      expect.stringMatching(
        /^127\.0\.0\.1, port \d+, did not finish the key exchange within 15 s\. /,
      ),
    ]);
    await again(link, scenario);
  });

  it('while derivations go up', async () => {
    await using link = await Link.start(builder.port);
    const scenario = await prepare(link, { up: recipes.script('up', 'cat ${./blob} > $out') });
    await link.arm({ kind: 'stall', direction: 'up', afterBytes: MEGABYTE });
    const { errors, statuses } = await failure(await LiveStep.start(scenario));
    expect(statuses).toEqual({ up: 'connection-lost' });
    expect(errors[0]).toMatch(new RegExp(`waiting for \\w+( and 1 more answer)?: ${SILENCE}`));
    expect(await validNames(builder)).not.toContain('blob');
    await again(link, scenario);
  });

  it('while it builds', async () => {
    await using link = await Link.start(builder.port);
    const scenario = await prepare(link, {
      quick: recipes.file('quick', 100),
      long: recipes.script('long', `[ -e ${HURRY} ] || sleep 300; echo done > $out`),
    });
    const live = await LiveStep.start(scenario);
    await live.said(/^\[\d+\/\d+\] built quick on /m);
    await waitUntil(async () => (await validNames(runner)).includes('quick'), 'quick here');
    await link.stall();
    const { errors, statuses } = await failure(live);
    expect(statuses).toEqual({ quick: 'built', long: 'connection-lost' });
    expect(errors[0]).toMatch(
      new RegExp(`waiting for BuildPathsWithResults( and 1 more answer)?: ${SILENCE}`),
    );
    await link.stop();
    const none = async () => (await builder.builds()).length === 0;
    await waitUntil(none, 'the end of builds', 10_000);
    await inHurry(builder, () => again(link, scenario));
  });

  it('while outputs come back', async () => {
    await using link = await Link.start(builder.port);
    const scenario = await prepare(link, {
      first: recipes.file('first', 100),
      big: recipes.script('big', `sleep 2; head -c ${4 * MEGABYTE} /dev/urandom > $out`),
    });
    // All that comes down before is much less.
    await link.arm({ kind: 'stall', direction: 'down', afterBytes: MEGABYTE });
    const live = await LiveStep.start(scenario);
    const { errors, statuses, results } = await failure(live);
    expect(statuses).toEqual({ first: 'built', big: 'built' });
    expect(results.map(({ copied }) => copied)).toEqual([false, true]);
    expect(errors.at(-1)).toMatch(new RegExp(`\\.big: .*waiting for NarFromPath: ${SILENCE}`));
    expect(await validNames(runner)).not.toContain('big');
    await again(link, scenario);
  });

  it('before the daemon has greeted', async () => {
    const failed = await runToFailure({
      builder,
      runner,
      attributes: { mute: recipes.file('mute', 10) },
      query: await installFakeDaemon(builder, 'mute', 'void bytes(Infinity);'),
    });
    expect(failed).toMatchObject({
      code: 1,
      errors: [expect.stringMatching(/^ssh-ng:\/\/ci@\S+: the Nix daemon did not greet in 30 s$/)],
    });
    expect(failed.seconds).toBeLessThan(45);
  });
});
