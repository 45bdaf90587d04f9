import { rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { listenPrivately } from '../tunnel/private-socket.ts';
import { Connection, type ConnectionOptions } from './connection.ts';

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
    const offload = new OffloadServer(options);
    const server = offload.#server;
    await listenPrivately(server, socketPath, 'the offload socket');
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
