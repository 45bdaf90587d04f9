import { SYSTEM } from '../../lab/index.ts';
import { atLeast, type BenchCase } from '../case.ts';
import { offloadLimit } from '../limit.ts';
import { Offload } from '../offload.ts';
import { ROUND_TRIP_MS } from '../side-by-side.ts';
import { COUNT, JOBS, SmallBuilds, USER } from '../small-builds.ts';
import { inTurns } from '../turns.ts';

const ROUNDS = 3;
const MEGABYTE = 1e6;

/** Neither side builds on the runner. */
const NOT_HERE = ['--max-jobs', '0'];

/** What our configuration says besides the machines. */
const OUR_SETTINGS = [
  ...['--option', 'build-poll-interval', '1'],
  ...['--option', 'builders-use-substitutes', 'true'],
];

export const builders: BenchCase = {
  name: 'builders',
  work: `\`nix build\` of ${COUNT} small derivations with remote builders, through tunnels (stock: OpenSSH)`,
  attributes: {},
  async measure(hosts) {
    const { builder, runner, link } = hosts;
    const builds = await SmallBuilds.prepare(hosts, 'builders');
    await link.shape({ roundTripMs: ROUND_TRIP_MS });
    const place = { builder, runner, user: USER, port: link.port } as const;
    const machine = `ssh-ng://${USER}@127.0.0.1:${link.port} ${SYSTEM} - ${JOBS}`;
    await using tunnel = await Offload.setUp(place, { builders: machine });
    const { ours, stock, stockWithOurSettings, builderItself } = await inTurns(ROUNDS, {
      ours: () => builds.run(NOT_HERE, tunnel.env),
      stock: () => builds.stock('ssh-ng'),
      stockWithOurSettings: () => builds.stock('ssh-ng', OUR_SETTINGS),
      builderItself: () => builds.builderItself(),
    });
    const stockSsh = await builds.stock('ssh');
    return {
      ours,
      stock,
      limit: offloadLimit(builderItself),
      roundTrips: undefined, // from nothing there are none: the connection was made by another step
      rounds: { ours: ROUNDS, stock: ROUNDS },
      details: {
        roundTripsConnected: await builds.roundTrips(NOT_HERE, tunnel.env),
        setUpSeconds: tunnel.setUpSeconds,
        ratioWithSetUp: stock / (ours + tunnel.setUpSeconds),
        stockWithOurSettings,
        ratioAtOurSettings: stockWithOurSettings / ours,
        stockSsh,
        peakMemoryMB: (await tunnel.peakMemory()) / MEGABYTE,
      },
      targets: [atLeast(2, 'ratio', stock / ours)],
    };
  },
};
