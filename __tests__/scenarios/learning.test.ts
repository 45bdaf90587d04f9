import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  CacheServer,
  Link,
  recipes,
  startBuilder,
  startNixHost,
  type Builder,
  type NixHost,
} from '../../lab/index.ts';
import { runScenario, type Ran, type Scenario } from '../helpers/scenario.ts';

/** Bytes a second of the line: a fraction of what is taken for one that nobody knows. */
const RATE = 4e6;

const SIZE = 24e6;

/** Seconds that no machine can be quicker than; what was not predicted from the line itself is less. */
const LEAST = SIZE / RATE / 2;

let builder: Builder;
let runner: NixHost;
let link: Link;
let cache: CacheServer;

beforeAll(async () => {
  [builder, runner, cache] = await Promise.all([
    startBuilder(),
    startNixHost({ name: 'runner', nix: 'user-owned' }),
    CacheServer.start(),
  ]);
  link = await Link.start(builder.port, { down: { bytesPerSecond: RATE } });
});

afterAll(async () => {
  await link.stop();
  await Promise.all([builder.stop(), runner.stop(), cache[Symbol.asyncDispose]()]);
});

/** A version of the same thing: other paths, the same names, nearly the same size. */
function version(count: number, rest: Partial<Scenario> = {}): Promise<Ran> {
  return runScenario({
    ...{ builder, runner, port: link.port, env: cache.env },
    attributes: { app: recipes.script('app', `head -c ${SIZE + count} /dev/urandom > $out`) },
    ...rest,
    inputs: { installables: 'path:.#app', 'copy-outputs': 'true', ...rest.inputs },
  });
}

/** What was expected of the mode that was chosen, in seconds. */
function expected({ log }: Ran): number {
  const [, seconds = 'nothing'] = /^mode .*?about ([\d.]+) s\b/m.exec(log) ?? [];
  return Number(seconds);
}

const modeOf = ({ outputs }: Ran) => outputs.get('mode');

const entries = async () =>
  (await cache.entries()).filter(({ key }) => key.includes('history')).length;

describe('with a cache', () => {
  it('what a run took makes the prediction of the next one nearer', async () => {
    const first = await version(1);
    expect(first.statuses, first.log).toEqual({ app: 'built' });
    expect(expected(first), first.log).toBeLessThan(LEAST);
    expect(await entries(), first.log).toBe(1);

    const second = await version(2);
    expect(second.statuses, second.log).toEqual({ app: 'built' });
    expect(expected(second), second.log).toBeGreaterThan(LEAST);
    expect(await entries(), second.log).toBe(2);
    expect(modeOf(second)).toBe(modeOf(first));

    const without = await version(3, { inputs: { cache: 'false' } });
    expect(expected(without), without.log).toBeLessThan(LEAST);
    expect(modeOf(without)).toBe(modeOf(first));
    expect(await entries()).toBe(2);
  });

  it('a run that has nothing to tell leaves nothing', async () => {
    const before = await entries();
    const again = await version(3);
    expect(again.statuses, again.log).toEqual({ app: 'cached' });
    expect(await entries(), again.log).toBe(before);
  });

  it('that does not answer, nothing is waited for, and nothing is lost that was there', async () => {
    const before = await entries();
    const asked = cache.requests.length;
    cache.mood = { kind: 'stalled' };
    const ran = await version(4);
    cache.mood = { kind: 'well' };
    expect(cache.requests.length).toBeGreaterThan(asked);
    expect(ran.statuses, ran.log).toEqual({ app: 'built' });
    expect(expected(ran), ran.log).toBeLessThan(LEAST);
    expect(await entries()).toBe(before);
  });
});
