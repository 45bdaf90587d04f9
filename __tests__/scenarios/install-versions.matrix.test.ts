import { describe, expect, it } from 'vitest';
import { makeRelease, recipes, startBuilder, startNixHost, SUITES } from '../../lab/index.ts';
import { troubleOf } from '../../src/nix/install/known-trouble.ts';
import { annotations } from '../helpers/failed-step.ts';
import { ReleaseServer } from '../helpers/release-server.ts';
import { runScenario } from '../helpers/scenario.ts';

describe.each(SUITES)('the Nix of %s, installed', (suite) => {
  it('evaluates, imports from a derivation, builds remotely and copies back, and its known faults are named', async () => {
    await using builder = await startBuilder();
    await using server = await ReleaseServer.start(await makeRelease(suite));
    await using runner = await startNixHost({ name: 'runner', suite, nix: 'none' });
    const { version, sha256 } = server.release;
    const ran = await runScenario({
      ...{ builder, runner, user: 'sudoer' },
      attributes: {
        file: recipes.file('file', 1000),
        imported: recipes.importFromDerivation('imported'),
      },
      inputs: {
        'nix-install-url': `${server.tarball('no-hash')}#sha256=${sha256}`,
        'extra-nix-config': 'substituters =',
        'copy-outputs': 'true',
      },
    });
    expect(ran.statuses, ran.log).toEqual({ file: 'built', imported: 'built' });
    expect(ran.results.every(({ copied }) => copied)).toBe(true);
    const trouble = troubleOf(version);
    expect(annotations(ran.log, 'warning')).toEqual(trouble === undefined ? [] : [trouble]);
    expect(ran.path).toEqual([expect.stringContaining(`nix-${version}-`)]);
  });
});
