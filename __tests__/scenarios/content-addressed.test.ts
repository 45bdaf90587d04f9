import { afterAll, beforeAll, it } from 'vitest';
import { startBuilder, startNixHost, type Builder, type NixHost } from '../../lab/index.ts';
import { CA_FEATURES, expectContentAddressed } from '../helpers/content-addressed.ts';

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
