import { setUpOpenssh, SYSTEM } from '../../lab/index.ts';
import { atLeast, atMost, type BenchCase } from '../case.ts';
import { Fresh } from '../fresh.ts';
import { seconds, type Hosts } from '../hosts.ts';
import { offloadLimit } from '../limit.ts';
import { Offload } from '../offload.ts';
import { DAEMON, measurePassing, type Passing, type Variables } from '../passing.ts';
import { ROUND_TRIP_MS, roundTripsOfOurs } from '../side-by-side.ts';
import { inTurns } from '../turns.ts';

const COUNT = 41;
const ROUNDS = 3;
/** Round trips are those of a smaller build: with 41, what building takes varies by more than a round trip. */
const FEW = 2;
const MEGABYTE = 1e6;

/** Whom the runner's daemon trusts: else stock could not name builders. */
const USER = 'trusted';
const FOLDER = '/home/trusted/offload';

/** As many at once as the builder builds at most; with one, which is Nix's default, stock takes minutes. */
const JOBS = 4;

export const offload: BenchCase = {
  name: 'offload',
  work: `\`nix build\` of ${COUNT} small derivations through the offload socket (stock: remote builders)`,
  attributes: {},
  async measure(hosts) {
    const { builder, runner, link } = hosts;
    const fresh = await Fresh.prepare(runner, USER, FOLDER);
    await link.shape({ roundTripMs: ROUND_TRIP_MS });
    const place = { builder, runner, user: USER, login: 'ci', port: link.port } as const;
    await using socket = await Offload.setUp(place);
    const { ours, stock, builderItself } = await sideBySide(hosts, fresh, socket.env);
    const stockSsh = await stockBuilds(hosts, fresh, 'ssh');
    const roundTrips = await roundTripsOfOurs(hosts, async () => {
      const total = await build(hosts, fresh, FEW, [], socket.env);
      return { total, connected: total };
    });
    const passing = await measurePassing(hosts, USER, fresh, socket);
    const details = detailsOf(passing);
    return {
      ours,
      stock,
      limit: offloadLimit(builderItself),
      roundTrips: undefined, // from nothing there are none: the connection was made by another step
      rounds: { ours: ROUNDS, stock: ROUNDS },
      details: {
        roundTripsConnected: roundTrips.total,
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

async function sideBySide(hosts: Hosts, fresh: Fresh, env: Variables) {
  const { runner, builder, link } = hosts;
  await setUpOpenssh(runner, 'root', builder, link.port); // it is the daemon that connects to builders
  const there = await Fresh.prepare(builder, USER, FOLDER);
  return inTurns(ROUNDS, {
    ours: () => build(hosts, fresh, COUNT, [], env),
    stock: () => stockBuilds(hosts, fresh, 'ssh-ng'),
    builderItself: () => builderBuilds(hosts, there),
  });
}

async function stockBuilds(hosts: Hosts, fresh: Fresh, protocol: 'ssh' | 'ssh-ng') {
  const builders = `${protocol}://${USER}@${hosts.builder.name} ${SYSTEM} - ${JOBS}`;
  return build(hosts, fresh, COUNT, ['--max-jobs', '0', '--builders', builders], DAEMON);
}

/** Builds derivations that have just been evaluated. @returns seconds, without evaluating */
async function build(
  hosts: Hosts,
  fresh: Fresh,
  count: number,
  options: readonly string[],
  env: Variables,
): Promise<number> {
  const { drvPath, output } = await fresh.derivations(count);
  const argv = ['nix', 'build', '--no-link', ...options, `${drvPath}^out`];
  const start = performance.now();
  await hosts.runner.output(argv, { user: USER, env });
  const taken = seconds(start);
  await hosts.verify(await hosts.closure([output])); // it is the builder that is asked for the closure: who built there has it
  return taken;
}

/** How long the builder itself takes for as many. */
async function builderBuilds({ builder }: Hosts, fresh: Fresh): Promise<number> {
  const { drvPath } = await fresh.derivations(COUNT);
  const start = performance.now();
  await builder.output(['nix', 'build', '--no-link', `${drvPath}^out`], { user: USER });
  return seconds(start);
}

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
