import { describe, expect, it } from 'vitest';
import { recipes, startBuilder, startNixHost, SUITES } from '../../lab/index.ts';
import { expectNothingLeft, machineUri } from '../helpers/builders.ts';
import { gated, Gates, SHOW_GATES } from '../helpers/gates.ts';
import { LiveStep } from '../helpers/live-step.ts';
import { lastName } from '../helpers/scenario.ts';
import { machinesInputs } from '../helpers/machines.ts';

/** A machine that is gone is waited for once, for 10 s. */
const LIMIT_SECONDS = 30;

const CHAIN = ['one', 'two', 'three', 'four'] as const;

const configuration = (feature: string): readonly string[] => [
  SHOW_GATES,
  `extra-system-features = ${feature}`,
];

const only = (feature: string): string => `requiredSystemFeatures = [ "${feature}" ];`;

/** Each needs the one before it, the first needs `held`. */
function chain(): Readonly<Record<string, string>> {
  const before = ['held', ...CHAIN];
  const entries = CHAIN.map((name, index) => {
    return [name, recipes.script(name, `cat \${${before[index] ?? ''}} > $out`)] as const;
  });
  return Object.fromEntries(entries);
}

describe.each(SUITES)('on a runner with the Nix of %s', (suite) => {
  it('a machine that is gone in mid-build takes its build with it, and another builds all the rest', async () => {
    await using near = await startBuilder({ suite, name: 'near', nixConf: configuration('near') });
    await using far = await startBuilder({ suite, name: 'far', nixConf: configuration('far') });
    await using runner = await startNixHost({ suite, name: 'runner', nix: 'user-owned' });
    const [atNear, atFar] = [await Gates.make(near), await Gates.make(far)];
    const machines = machinesInputs([
      { builder: near, speedFactor: 100, supportedFeatures: ['near'] },
      { builder: far, supportedFeatures: ['far'] },
    ]);
    const live = await LiveStep.start({
      ...{ builder: near, runner },
      attributes: {
        lost: gated('lost', { attributes: only('near') }),
        held: gated('held', { attributes: only('far') }),
        ...chain(),
      },
      inputs: { ...machines, 'keep-going': 'true' },
    });
    await Promise.all([atNear.running(['lost']), atFar.running(['held'])]);
    await near.sshd.stop();
    await near.dropConnections();
    await atFar.open('held');
    const ended = await live.ended(120_000);
    expect(ended.seconds).toBeLessThan(LIMIT_SECONDS);
    const built = { status: 'built', remote: machineUri(far) };
    const told = ended.results.map(({ attribute, status, remote }) => [
      lastName(attribute),
      { status, remote },
    ]);
    expect(Object.fromEntries(told), ended.log).toEqual({
      lost: { status: 'connection-lost', remote: machineUri(near) },
      ...Object.fromEntries(['held', ...CHAIN].map((name) => [name, built])),
    });
    expect(await live.post()).toMatchObject({ code: 0 });
    await expectNothingLeft(runner);
  });
});
