import { atLeast, atMost, type BenchCase } from '../case.ts';
import { offloadLimit } from '../limit.ts';
import { Offload } from '../offload.ts';
import { measurePassing, type Passing } from '../passing.ts';
import { ROUND_TRIP_MS } from '../side-by-side.ts';
import { COUNT, SmallBuilds, USER } from '../small-builds.ts';
import { inTurns } from '../turns.ts';

const ROUNDS = 3;
const MEGABYTE = 1e6;

export const offload: BenchCase = {
  name: 'offload',
  work: `\`nix build\` of ${COUNT} small derivations through the offload socket (stock: remote builders)`,
  attributes: {},
  async measure(hosts) {
    const { builder, runner, link } = hosts;
    const builds = await SmallBuilds.prepare(hosts, 'offload');
    await link.shape({ roundTripMs: ROUND_TRIP_MS });
    const place = { builder, runner, user: USER, port: link.port } as const;
    await using socket = await Offload.setUp(place, {
      store: `ssh-ng://ci@127.0.0.1:${link.port}`,
    });
    const { ours, stock, builderItself } = await inTurns(ROUNDS, {
      ours: () => builds.run([], socket.env),
      stock: () => builds.stock('ssh-ng'),
      builderItself: () => builds.builderItself(),
    });
    const stockSsh = await builds.stock('ssh');
    const roundTripsConnected = await builds.roundTrips([], socket.env);
    const passing = await measurePassing(hosts, USER, builds.fresh, socket);
    const details = detailsOf(passing);
    return {
      ours,
      stock,
      limit: offloadLimit(builderItself),
      roundTrips: undefined, // from nothing there are none: the connection was made by another step
      rounds: { ours: ROUNDS, stock: ROUNDS },
      details: {
        roundTripsConnected,
        setUpSeconds: socket.setUpSeconds,
        ratioWithSetUp: stock / (ours + socket.setUpSeconds),
        stockSsh,
        peakMemoryMB: (await socket.peakMemory()) / MEGABYTE,
        ...details,
      },
      targets: [
        atLeast(10, 'ratio', stock / ours),
        atMost(0.2, 'extraOperationMs', details.extraOperationMs),
        atMost(1.5, 'evaluationRatio', details.evaluationRatio),
        atMost(1.4, 'addFileRatio', details.addFileRatio),
      ],
    };
  },
};

function detailsOf({ operation, evaluation, addFile }: Passing) {
  return {
    operationMs: operation.socket * 1000,
    extraOperationMs: (operation.socket - operation.daemon) * 1000,
    evaluation: evaluation.socket,
    evaluationRatio: evaluation.socket / evaluation.daemon,
    addFile: addFile.socket,
    addFileRatio: addFile.socket / addFile.daemon,
  };
}
