import type { SshConnection } from '../ssh/connection.ts';
import type { ServiceStream } from './service.ts';

/** How long a channel is kept that nobody asks for, milliseconds: a process waits at its other end. */
const KEPT_MS = 30_000;

/**
 * A channel that is opened before somebody asks for it, which spares him a round trip. Nix connects anew for each build, and while it
 * connects it starts no other (build-remote.cc); so this one is always ready for the next.
 */
export class SpareChannel {
  readonly #open: (connection: SshConnection) => Promise<ServiceStream>;
  #connection: SshConnection | undefined;
  #opening: Promise<ServiceStream | undefined> | undefined;
  #expiry: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(open: (connection: SshConnection) => Promise<ServiceStream>) {
    this.#open = open;
  }

  /** Opens one, if there is none on this connection yet. */
  prepare(connection: SshConnection): void {
    if (this.#isClosed || (this.#opening && this.#connection === connection)) return;
    this.#drop();
    const opening = this.#open(connection).then(watchEnd, () => undefined);
    this.#connection = connection;
    this.#opening = opening;
    this.#expiry = setTimeout(() => this.#drop(), KEPT_MS).unref();
  }

  /** The channel, which is the caller's from now on; undefined if there is none on this connection. */
  async take(connection: SshConnection): Promise<ServiceStream | undefined> {
    if (this.#connection !== connection) return undefined;
    const stream = await this.#forget();
    return stream?.duplex.destroyed === false ? stream : undefined;
  }

  /** Closes it, and opens no other. */
  close(): void {
    this.#isClosed = true;
    this.#drop();
  }

  #drop(): void {
    void this.#forget()?.then((stream) => stream?.duplex.destroy());
  }

  #forget(): Promise<ServiceStream | undefined> | undefined {
    const opening = this.#opening;
    this.#opening = undefined;
    this.#connection = undefined;
    clearTimeout(this.#expiry);
    return opening;
  }
}

/** Only a stream that is read is seen to end; no daemon says anything before it is spoken to. */
function watchEnd(stream: ServiceStream): ServiceStream {
  stream.duplex.resume();
  return stream;
}
