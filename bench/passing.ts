import { DAEMON_SOCKET, type UserName } from '../lab/index.ts';
import type { Fresh } from './fresh.ts';
import { seconds, type Hosts } from './hosts.ts';
import type { Offload } from './offload.ts';
import type { OperationsReport } from './ours/operations.ts';
import { inTurns } from './turns.ts';

export const EVALUATED = 300;
const EVALUATION_ROUNDS = 15;
const FILE_BYTES = 300_000_000;
const FILE_ROUNDS = 7;

export type Variables = Readonly<Record<string, string>>;

/** What a program of a later step has without the socket. */
export const DAEMON: Variables = { NIX_REMOTE: 'daemon' };

/** Seconds at the daemon itself and through the socket, medians. */
interface Both {
  readonly daemon: number;
  readonly socket: number;
}

export interface Passing {
  /** One operation that asks and is waited for. */
  readonly operation: Both;
  /** 300 derivations that are new to the store. */
  readonly evaluation: Both;
  /** A file of 300 MB that is new to the store. */
  readonly addFile: Both;
}

/** Times what needs no build: it passes through the socket on its way to the daemon. Both in turns. */
export async function measurePassing(
  hosts: Hosts,
  user: UserName,
  fresh: Fresh,
  { env, socketPath }: Offload,
): Promise<Passing> {
  const { runner } = hosts;
  const evaluate = async (variables: Variables): Promise<number> => {
    const start = performance.now();
    await runner.output(fresh.evaluation(EVALUATED), { user, env: variables });
    return seconds(start);
  };
  const addFile = async (variables: Variables): Promise<number> => {
    const file = await fresh.file(FILE_BYTES);
    const start = performance.now();
    const added = await runner.output(['nix', 'store', 'add-file', file], { user, env: variables });
    const taken = seconds(start);
    await hosts.forget([added]);
    return taken;
  };
  const both = (measure: typeof evaluate) => ({
    daemon: () => measure(DAEMON),
    socket: () => measure(env),
  });
  const { drvPath } = await fresh.derivations(1);
  const program = '/checkout/bench/ours/operations.ts';
  const argv = ['node', program, DAEMON_SOCKET, socketPath, drvPath];
  return {
    operation: JSON.parse(await runner.output(argv, { user })) as OperationsReport,
    evaluation: await inTurns(EVALUATION_ROUNDS, both(evaluate)),
    addFile: await inTurns(FILE_ROUNDS, both(addFile)),
  };
}
