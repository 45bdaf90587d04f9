import { recipes, type Attributes } from '../../lab/index.ts';
import { atLeast, type BenchCase } from '../case.ts';
import { oursCopies, prepareCopy, stockConnects, stockCopies } from '../copying.ts';
import { copyLimit } from '../limit.ts';
import { sideBySide } from '../side-by-side.ts';

const COUNT = 300;
const BYTES = 50_000;
export const WIDE_ROOT = 'wide-all';

/**
 * The user with the least rights, who costs most: a program takes a round trip more than the daemon's socket, for OpenSSH lets nothing
 * be written to a program before it has started (its channel begins with an empty window).
 */
export const LOGIN = 'forced';

/** Names of 300 derivations that know nothing of each other. */
export const WIDE_NAMES = Array.from({ length: COUNT }, (_, index) => `wide-${index}`);

/** The 300, and one that refers to them all. */
export const WIDE: Attributes = {
  ...Object.fromEntries(WIDE_NAMES.map((name) => [name, recipes.randomFile(name, BYTES)])),
  [WIDE_ROOT]: recipes.closure(WIDE_ROOT, WIDE_NAMES),
};

export const copyWide: BenchCase = {
  name: 'copy-wide',
  work: 'copy 301 paths of 50 kB back, as a user with a forced command',
  attributes: WIDE,
  async measure(hosts) {
    const copy = await prepareCopy(hosts, WIDE_ROOT, LOGIN, 'link');
    const { ours, stock, roundTrips, stockRoundTrips, rounds } = await sideBySide(hosts, {
      ours: () => oursCopies(hosts, copy),
      stock: () => stockCopies(hosts, copy),
      stockConnect: () => stockConnects(hosts, copy.login, copy.way),
      stockRounds: 1,
    });
    const ratioConnected = stock.connected / ours.connected;
    const importSeconds = await hosts.importSeconds(copy.paths);
    return {
      ours: ours.total,
      stock: stock.total,
      limit: copyLimit(importSeconds),
      roundTrips: roundTrips.total,
      rounds,
      details: {
        ratioConnected,
        oursConnected: ours.connected,
        stockConnected: stock.connected,
        roundTripsConnected: roundTrips.connected,
        stockRoundTrips,
        importSeconds,
      },
      targets: [
        atLeast(30, 'ratio', stock.total / ours.total),
        atLeast(60, 'ratioConnected', ratioConnected),
      ],
    };
  },
};
