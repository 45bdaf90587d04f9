import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  recipes,
  startBuilder,
  startNixHost,
  type Builder,
  type NixHost,
} from '../../lab/index.ts';
import { CA_FEATURES, expectContentAddressed } from '../helpers/content-addressed.ts';
import { runScenario } from '../helpers/scenario.ts';

let builder: Builder;
let runner: NixHost;

beforeAll(async () => {
  builder = await startBuilder({ nixConf: [CA_FEATURES] });
  runner = await startNixHost({ name: 'runner', nix: 'user-owned', nixConf: [CA_FEATURES] });
});

afterAll(async () => {
  await Promise.all([runner.stop(), builder.stop()]);
});

it('floating content-addressed derivations build, and their outputs and realisations come back', async () => {
  await expectContentAddressed(builder, runner, 'ci');
});

it('the same for an ordinary user of a daemon on the runner, without a signature', async () => {
  await using untrusted = await startNixHost({
    nix: 'daemon',
    nixConf: [CA_FEATURES, 'require-sigs = false'],
  });
  await expectContentAddressed(builder, untrusted, 'forced');
});

it('a dynamic derivation is refused by name, and the others are built', async () => {
  const features = 'experimental-features = nix-command flakes ca-derivations dynamic-derivations';
  await using dynamic = await startNixHost({
    name: 'dynamic',
    nix: 'user-owned',
    nixConf: [features],
  });
  const ran = await runScenario({
    builder,
    runner: dynamic,
    attributes: {
      inner: `shWith "inner.drv" {
        __contentAddressed = true; outputHashMode = "text"; outputHashAlgo = "sha256";
      } "echo made while building > $out"`,
      outer: 'sh "outer" "cat ${builtins.outputOf inner.outPath "out"} > $out"',
      plain: recipes.script('beside-dynamic', 'echo hello > $out'),
    },
    inputs: { installables: 'path:.#outer\npath:.#plain' },
  });
  expect(ran.statuses, ran.log).toEqual({ outer: 'evaluation-failed', plain: 'built' });
  expect(ran.results[0]?.error).toMatchObject({
    code: 'unsupported-derivation',
    message: 'outer is a dynamic derivation',
  });
});
