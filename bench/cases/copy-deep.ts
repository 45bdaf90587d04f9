import { recipes } from '../../lab/index.ts';
import { atMost, type BenchCase } from '../case.ts';
import { oursCopies, prepareCopy, stockConnects, stockCopies } from '../copying.ts';
import { copyLimit } from '../limit.ts';
import { roundTripsOfOurs, sideBySide } from '../side-by-side.ts';
import { LOGIN, WIDE, WIDE_ROOT } from './copy-wide.ts';

const DEPTH = 50;

/** Round trips are measured, not counted: what differs by less than this is as many. */
const MARGIN = 0.5;

export const copyDeep: BenchCase = {
  name: 'copy-deep',
  work: `copy a chain of ${DEPTH} paths back, as a user with a forced command`,
  attributes: { ...WIDE, ...recipes.chain(DEPTH, 1000, 'deep') },
  async measure(hosts) {
    const copy = await prepareCopy(hosts, `deep${DEPTH - 1}`, LOGIN, 'link');
    const wide = await prepareCopy(hosts, WIDE_ROOT, LOGIN, 'link');
    const { ours, stock, roundTrips, stockRoundTrips, rounds } = await sideBySide(hosts, {
      ours: () => oursCopies(hosts, copy),
      stock: () => stockCopies(hosts, copy),
      stockConnect: () => stockConnects(hosts, copy.login, copy.way),
      stockRounds: 3,
    });
    const ofWide = await roundTripsOfOurs(hosts, () => oursCopies(hosts, wide));
    const importSeconds = await hosts.importSeconds(copy.paths);
    return {
      ours: ours.total,
      stock: stock.total,
      limit: copyLimit(importSeconds),
      roundTrips: roundTrips.total,
      rounds,
      details: {
        ratioConnected: stock.connected / ours.connected,
        oursConnected: ours.connected,
        stockConnected: stock.connected,
        roundTripsConnected: roundTrips.connected,
        wideRoundTrips: ofWide.total,
        wideRoundTripsConnected: ofWide.connected,
        stockRoundTrips,
        importSeconds,
      },
      // Connecting is the same for both, and its slope the larger part of the noise.
      targets: [atMost(ofWide.connected + MARGIN, 'roundTripsConnected', roundTrips.connected)],
    };
  },
};
