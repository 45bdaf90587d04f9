import { describe, it } from 'vitest';
import { startBuilder, startNixHost, SUITES } from '../../lab/index.ts';
import { CA_FEATURES, expectContentAddressed } from '../helpers/content-addressed.ts';

describe.each(SUITES)('to the Nix of %s, content-addressed derivations', (suite) => {
  it('build and come back', async () => {
    await using builder = await startBuilder({ suite, nixConf: [CA_FEATURES] });
    await using runner = await startNixHost({ suite, nix: 'user-owned', nixConf: [CA_FEATURES] });
    await expectContentAddressed(builder, runner, 'ci');
  });
});
