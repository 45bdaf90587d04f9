import { afterAll, beforeAll, expect, it } from 'vitest';
import { BinaryCache, recipes, startLab, type Attributes, type Lab } from '../../lab/index.ts';
import { outputPath, runScenario } from '../helpers/scenario.ts';

/** Four dependencies, 200 MB together, that the remote gets from a binary cache. */
const COUNT = 4;
const BYTES = 50_000_000;
const DEPENDENCIES = recipes.wide(COUNT, BYTES, 'dependency');
const NAMES = Object.keys(DEPENDENCIES);

const ATTRIBUTES: Attributes = {
  ...DEPENDENCIES,
  app: recipes.script('app', `cat ${NAMES.map((name) => `\${${name}}`).join(' ')} | wc -c > $out`),
};

let cache: BinaryCache;
let lab: Lab;
let published: readonly string[];

beforeAll(async () => {
  cache = await BinaryCache.start();
  published = Object.values(await cache.publish(DEPENDENCIES));
  const substituter = { substituters: [cache.url], trustedPublicKeys: [cache.publicKey] };
  // The runner could fetch them as well, as one with cache.nixos.org can: it must not.
  lab = await startLab({ builder: substituter, runner: { ...substituter, nix: 'user-owned' } });
});

afterAll(async () => {
  await Promise.all([lab.stop(), cache.stop()]);
});

it('dependencies that the remote substitutes never reach the runner', async () => {
  const { builder, runner, link } = lab;
  const served = cache.bytesServed;
  const ran = await runScenario({
    builder,
    runner,
    port: link.port,
    attributes: ATTRIBUTES,
    inputs: { installables: 'path:.#app', 'copy-outputs': 'true' },
  });
  expect(ran.statuses, ran.log).toEqual({ app: 'built' });
  expect(await runner.read(outputPath(ran, 'app'))).toBe(`${COUNT * BYTES}\n`);

  expect(published).toHaveLength(COUNT);
  expect(await builder.validPaths(published)).toEqual(new Set(published));
  expect(await runner.validPaths(published)).toEqual(new Set());
  const once = cache.bytesServed - served;
  expect(once).toBeGreaterThan(COUNT * BYTES);
  expect(once).toBeLessThan(1.01 * COUNT * BYTES);

  // One small output is all that was copied. The rest is what the remote says of its settings, and how far its downloads are: that a daemon
  // tells for every piece that it reads, 0.7 to 2.4 MB for these 200 MB, far below the size of any one of them.
  expect(ran.log.match(/^copying back .*/gm)).toEqual([
    expect.stringMatching(/^copying back 1 path, \d+ B$/),
  ]);
  const { up, down } = await link.counters();
  expect(down).toBeLessThan(BYTES / 5);
  // Derivations and a source: busybox, by which everything is built.
  expect(up).toBeLessThan(5_000_000);
  // Both are taken before the connection is closed.
  const said = {
    up: Number(ran.outputs.get('bytes-uploaded')),
    down: Number(ran.outputs.get('bytes-downloaded')),
  };
  expect(said.up).toBeLessThanOrEqual(up);
  expect(said.up).toBeGreaterThan(up - 1000);
  expect(said.down).toBeLessThanOrEqual(down);
  expect(said.down).toBeGreaterThan(down - 1000);
});
