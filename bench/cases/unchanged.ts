import { atMost, type BenchCase } from '../case.ts';
import { seconds } from '../hosts.ts';
import { queryLimit } from '../limit.ts';
import { ROUND_TRIP_MS } from '../side-by-side.ts';
import { slope } from '../statistics.ts';
import { inTurns } from '../turns.ts';
import { Unchanged } from '../unchanged.ts';
import { WIDE, WIDE_NAMES } from './copy-wide.ts';

const ROUNDS = 3;
/** Ours takes so little that the machine's noise would be a large part of a slope over less; in milliseconds. */
const FAR_MS = 500;

export const unchanged: BenchCase = {
  name: 'unchanged',
  work: `a job whose ${WIDE_NAMES.length} attributes have not changed, on a runner without Nix (stock: installs, evaluates, builds)`,
  attributes: WIDE,
  async measure(hosts) {
    await using job = await Unchanged.prepare(hosts, WIDE);
    const alone = { ours: () => job.ours(), login: () => job.login() };
    const near = await inTurns(ROUNDS, alone);
    await hosts.link.shape({ roundTripMs: FAR_MS });
    const far = await inTurns(ROUNDS, alone);
    await hosts.link.shape({ roundTripMs: ROUND_TRIP_MS });
    const { ours, stock } = await inTurns(ROUNDS, { ...alone, stock: () => job.stock() });
    const roundTrips = slope(far.ours, near.ours, FAR_MS);
    const loginRoundTrips = slope(far.login, near.login, FAR_MS);
    const roundTripsConnected = roundTrips - loginRoundTrips;
    return {
      ours,
      stock,
      limit: queryLimit(await builderSeconds(hosts.builder)),
      roundTrips,
      rounds: { ours: ROUNDS, stock: ROUNDS },
      details: { roundTripsConnected, loginRoundTrips },
      targets: [atMost(3, 'roundTripsConnected', roundTripsConnected)],
    };
  },
};

/** How long the builder takes to say what is there. */
async function builderSeconds(
  builder: Parameters<BenchCase['measure']>[0]['builder'],
): Promise<number> {
  const paths = await builder.allPaths();
  const start = performance.now();
  await builder.output(['nix-store', '--check-validity', ...paths.slice(0, WIDE_NAMES.length)]);
  return seconds(start);
}
