import type { ByteStream } from '../domain/byte-stream.ts';
import { ActionError, toError } from '../domain/errors.ts';
import { connectSsh, type ExecStream, type SshConnection } from './connection.ts';
import type { ConnectOptions } from './options.ts';

/** Where nix-daemon listens unless it was built with another state folder. */
export const DAEMON_SOCKET = '/nix/var/nix/daemon-socket/socket';

/** What serves the worker protocol, as the store URI says. */
export interface WorkerProgram {
  /** Words of `remote-program`; empty: `nix-daemon`. */
  readonly remoteProgram: readonly string[];
  /** The store that it is to serve; undefined: its default. */
  readonly remoteStore: string | undefined;
  /** Further arguments, such as `--cores 4 --keep-going`; the socket does not get them. */
  readonly daemonArgs?: readonly string[];
  /** Default: {@link DAEMON_SOCKET}. */
  readonly daemonSocket?: string;
}

/**
 * A stream that speaks the worker protocol: on the daemon's own `socket`, where SetOptions is heard from anybody, or with
 * `nix-daemon --stdio` by `exec`, where an ordinary user's SetOptions is lost since Nix 2.20.
 */
export type WorkerChannel =
  ({ readonly kind: 'socket' } & ByteStream) | ({ readonly kind: 'exec' } & ExecStream);

/** The command that serves the worker protocol, put together as Nix does it (ssh-store.cc, SSHStore::openConnection). */
export function workerCommand(program: WorkerProgram): readonly string[] {
  const words = program.remoteProgram.length > 0 ? program.remoteProgram : ['nix-daemon'];
  const store = program.remoteStore === undefined ? [] : ['--store', program.remoteStore];
  return [...words, '--stdio', ...store, ...(program.daemonArgs ?? [])];
}

/** A connection, and the first worker channel on it, which was asked for as early as may be. */
export interface WorkerConnection {
  readonly connection: SshConnection;
  readonly channel: WorkerChannel;
}

/**
 * Connects and opens a worker channel in as few round trips as the server allows.
 * @throws ActionError as `connectSsh` and {@link openWorkerChannel}
 */
export async function connectWorker(
  options: ConnectOptions,
  program: WorkerProgram,
): Promise<WorkerConnection> {
  let requested: Promise<WorkerChannel> | undefined;
  const connection = await connectSsh({
    ...options,
    onRequestable: (requestable) => {
      requested = openWorkerChannel(requestable, program);
      // Where we are not let in, that is the error to show.
      requested.catch(() => undefined);
      options.onRequestable?.(requestable);
    },
  });
  try {
    return { connection, channel: await (requested ?? openWorkerChannel(connection, program)) };
  } catch (error) {
    connection.close();
    throw error;
  }
}

/**
 * Opens a channel to a Nix daemon. Unless the URI asks for a program or store of its own, the daemon's socket and
 * `nix-daemon --stdio` are requested together, so that a remote without the one costs no further round trip: the socket
 * is taken if it opens, and the other closed.
 *
 * The program has a use even where the socket opens: sshd leaves Nagle's algorithm on until a program was started on a
 * connection, and an answer written in several pieces would wait for our acknowledgement of the first.
 * @throws ActionError `channel-refused` if neither opens, or `connection-lost`
 */
export async function openWorkerChannel(
  connection: SshConnection,
  program: WorkerProgram,
): Promise<WorkerChannel> {
  const exec = () => connection.exec(workerCommand(program));
  if (wantsOwnProgram(program)) return { kind: 'exec', ...(await exec()) };
  const socket = connection.openSocket(program.daemonSocket ?? DAEMON_SOCKET);
  const spare = haveSocket.has(connection) ? undefined : exec();
  // Refused or lost, it matters only if it is waited for.
  spare?.catch(() => undefined);
  try {
    const stream = await socket;
    haveSocket.add(connection);
    spare?.then(({ duplex }) => duplex.destroy()).catch(() => undefined);
    return { kind: 'socket', ...stream };
  } catch (error) {
    const reason = toError(error);
    const stream = await (spare ?? exec()).catch(neitherOpens(connection, reason));
    return { kind: 'exec', ...stream };
  }
}

/** Connections on which the daemon's socket has opened: the next channel needs no program to fall back on. */
const haveSocket = new WeakSet<SshConnection>();

function wantsOwnProgram({ remoteProgram, remoteStore }: WorkerProgram): boolean {
  return remoteProgram.length > 0 || remoteStore !== undefined;
}

function neitherOpens(connection: SshConnection, socketError: Error): (error: unknown) => never {
  return (error) => {
    if (error instanceof ActionError && error.code === 'connection-lost') throw error;
    throw new ActionError(
      'channel-refused',
      `${connection.label} opens neither the Nix daemon's socket nor \`nix-daemon --stdio\`: ` +
        `${socketError.message}; ${toError(error).message}`,
      {
        hint:
          'The key needs the right to run `nix-daemon --stdio` on the builder, as a forced command for instance, ' +
          "and sshd's MaxSessions must allow two of them at once.",
        cause: error,
      },
    );
  };
}
