import { SUITES, type Suite } from '../../lab/index.ts';

/**
 * The Debian suites, each with another Nix, that this run covers. `npm test` takes the oldest and the newest, `npm run test:matrix` the one
 * between (vitest.config.ts, vitest.matrix.config.ts); all of them where nothing is said.
 */
export const TESTED_SUITES: readonly Suite[] = testedSuites(process.env['NRB_TEST_SUITES']);

function testedSuites(names: string | undefined): readonly Suite[] {
  if (names === undefined) return SUITES;
  return names.split(',').map((name) => {
    const suite = SUITES.find((each) => each === name);
    if (!suite) throw new Error(`NRB_TEST_SUITES: ${name} is none of ${SUITES.join(', ')}`);
    return suite;
  });
}
