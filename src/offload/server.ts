import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { ActionError, toError } from '../domain/errors.ts';
import { Connection, type ConnectionOptions } from './connection.ts';

/** What the address of a socket holds at most on any system (104 bytes on macOS, 108 on Linux), less what Nix may add. */
const PATH_LIMIT = 100;

/** How long those who answer requests may take to end, milliseconds. */
const CLOSE_LIMIT = 5_000;

export interface OffloadServerOptions extends Omit<ConnectionOptions, 'onRawOperation'> {
  /** A path of at most 100 bytes, in a folder that nobody else may enter. */
  readonly socketPath: string;
}

/**
 * A daemon socket for Nix's clients: each of them gets a stream of its own to the local daemon, and what it asks for passes through
 * byte for byte, but for requests to build, which `takeOver` answers.
 */
export class OffloadServer {
  readonly #server: Server;
  readonly #connections = new Set<Connection>();
  readonly #rawOperations = new Map<number, number>();
  readonly #options: OffloadServerOptions;
  #closed: Promise<void> | undefined;

  private constructor(options: OffloadServerOptions) {
    this.#options = options;
    this.#server = createServer((socket) => {
      const onRawOperation = (op: number): void => this.#countRaw(op);
      const connection = new Connection(socket, { ...options, onRawOperation });
      this.#connections.add(connection);
      void connection.ended.then(() => this.#connections.delete(connection));
    });
  }

  /** @throws ActionError `internal` when the socket cannot be made */
  static async listen(options: OffloadServerOptions): Promise<OffloadServer> {
    const { socketPath, onNotice } = options;
    if (Buffer.byteLength(socketPath) > PATH_LIMIT) {
      throw new ActionError(
        'internal',
        `the path of the offload socket is longer than ${PATH_LIMIT} bytes: ${socketPath}`,
        { hint: 'Set RUNNER_TEMP or TMPDIR to a folder with a shorter path.' },
      );
    }
    const offload = new OffloadServer(options);
    const server = offload.#server;
    const umask = process.umask(0o177); // the socket is made before listen() returns: only its owner may ever connect
    server.listen(socketPath);
    process.umask(umask);
    try {
      await once(server, 'listening');
    } catch (thrown) {
      const cause = toError(thrown);
      throw new ActionError('internal', `the offload socket cannot be made: ${cause.message}`, {
        cause,
      });
    }
    server.on('error', (error) => onNotice(`offload socket: a client was lost: ${error.message}`));
    return offload;
  }

  /** How many connections each unknown operation has sent past us, by its number. */
  get rawOperations(): ReadonlyMap<number, number> {
    return this.#rawOperations;
  }

  /** Ends all clients hard, waits up to 5 s for those who answer them, and removes the socket. Idempotent. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#server.close();
    const ended = [...this.#connections].map((connection) => {
      connection.close();
      return connection.ended;
    });
    await withLimit(CLOSE_LIMIT, Promise.all(ended));
    await rm(this.#options.socketPath, { force: true });
  }

  #countRaw(op: number): void {
    this.#rawOperations.set(op, (this.#rawOperations.get(op) ?? 0) + 1);
  }
}

/** Waits for a promise that does not reject, but not longer than `ms`. */
async function withLimit(ms: number, promise: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([promise, expired]);
  clearTimeout(timer);
}
