import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  startBuilder,
  startNixHost,
  type Attributes,
  type Builder,
  type NixHost,
  type NixSetup,
  type UserName,
} from '../../lab/index.ts';
import { expectNothingLeft, machineLine } from '../helpers/builders.ts';
import { gated, Gates, SHOW_GATES } from '../helpers/gates.ts';
import { LiveStep } from '../helpers/live-step.ts';
import { runScenario } from '../helpers/scenario.ts';

/** GitHub sends SIGKILL 10 s after it asked. */
const LIMIT_SECONDS = 10;

const RUNNERS: readonly [nix: NixSetup, user: UserName][] = [
  ['user-owned', 'owner'],
  ['daemon', 'trusted'],
  ['daemon', 'sudoer'],
];

describe.each(RUNNERS)('cancelling, on a runner whose Nix is %s, as %s', (nix, user) => {
  let near: Builder;
  let far: Builder;
  let runner: NixHost;

  beforeAll(async () => {
    near = await startBuilder({ name: 'near', nixConf: [SHOW_GATES] });
    far = await startBuilder({ name: 'far', nixConf: [SHOW_GATES] });
    runner = await startNixHost({ name: 'runner', nix });
  });

  afterAll(async () => {
    await Promise.all([near.stop(), far.stop(), runner.stop()]);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    '%s ends the builds on all machines, and what is cancelled can be built again',
    async (signal) => {
      const salt = `${user}-${signal}`;
      const [atNear, atFar] = [await Gates.make(near), await Gates.make(far)];
      const [left, right] = [`${salt}-left`, `${salt}-right`];
      const attributes: Attributes = {
        left: gated(left, { gate: salt }),
        right: gated(right, { gate: salt }),
        after: gated(`${salt}-after`, { gate: salt, text: 'cat ${left} ${right} > $out' }),
      };
      const scenario = {
        ...{ builder: near, runner, user, attributes },
        inputs: {
          store: '',
          builders: [near, far].map((each) => machineLine(each, { maxJobs: 1 })).join('\n'),
          'ssh-key': [near, far].map(({ key }) => key.privateKey).join('\n'),
          'known-hosts': [near, far].map((each) => each.knownHosts()).join(''),
        },
      };
      const live = await LiveStep.start(scenario);
      await Promise.all(
        [atNear, atFar].map((gates) => gates.running([left, right], { atLeast: 1 })),
      );
      await live.signal(signal);
      const ended = await live.ended();
      expect(ended.code, ended.log).toBe(1);
      expect(ended.secondsAfterSignal).toBeLessThan(LIMIT_SECONDS);
      expect(ended.errors).toEqual([expect.stringMatching(/was cancelled$/)]);
      expect(ended.statuses).toEqual({
        left: 'cancelled',
        right: 'cancelled',
        after: 'cancelled',
      });
      await Promise.all([atNear, atFar].map((gates) => gates.ended([left, right])));
      expect(await live.post()).toMatchObject({ code: 0 });
      await expectNothingLeft(runner);

      await Promise.all([atNear, atFar].map((gates) => gates.open(salt)));
      const again = await runScenario(scenario);
      expect(again.statuses, again.log).toEqual({ left: 'built', right: 'built', after: 'built' });
    },
  );
});
