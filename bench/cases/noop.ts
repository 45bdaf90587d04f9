import { atMost, type BenchCase } from '../case.ts';
import { stockConnects } from '../copying.ts';
import { seconds, type Hosts } from '../hosts.ts';
import { queryLimit } from '../limit.ts';
import type { Derivation } from '../ours/request.ts';
import { sideBySide } from '../side-by-side.ts';
import { WIDE, WIDE_NAMES, WIDE_ROOT } from './copy-wide.ts';

const LOGIN = 'ci';

export const noop: BenchCase = {
  name: 'noop',
  work: `build ${WIDE_NAMES.length} attributes that are all built already, once they are evaluated`,
  attributes: WIDE,
  async measure(hosts) {
    await hosts.build([WIDE_ROOT]);
    const derivations = await hosts.build(WIDE_NAMES);
    const { ours, stock, roundTrips, stockRoundTrips, rounds } = await sideBySide(hosts, {
      ours: () => hosts.ours('build', 'link', LOGIN, derivations),
      stock: () => stockBuilds(hosts, derivations),
      stockConnect: () => stockConnects(hosts, LOGIN, 'link'),
      stockRounds: 1,
    });
    return {
      ours: ours.total,
      stock: stock.total,
      limit: queryLimit(await builderSeconds(hosts, derivations)),
      roundTrips: roundTrips.total,
      rounds,
      details: {
        ratioConnected: stock.connected / ours.connected,
        oursConnected: ours.connected,
        stockConnected: stock.connected,
        roundTripsConnected: roundTrips.connected,
        stockRoundTrips,
      },
      targets: [atMost(3, 'roundTripsConnected', roundTrips.connected)],
    };
  },
};

async function stockBuilds(hosts: Hosts, derivations: readonly Derivation[]): Promise<number> {
  const store = ['--store', `ssh-ng://${LOGIN}@${hosts.builder.name}`, '--eval-store', 'auto'];
  const installables = derivations.map(({ drvPath }) => `${drvPath}^out`);
  return hosts.stock('link', ['nix', 'build', '--no-link', ...store, ...installables]);
}

/** How long the builder itself takes to say that they are all there. */
async function builderSeconds(hosts: Hosts, derivations: readonly Derivation[]): Promise<number> {
  const start = performance.now();
  const paths = derivations.map(({ output }) => output);
  await hosts.builder.output(['nix-store', '--check-validity', ...paths]);
  return seconds(start);
}
