import type { SshConnection } from '../ssh/connection.ts';
import type { ServiceStream } from './service.ts';

/** What is waited for at most beside the first connection. */
const MOST = 32;

/** A connection, and what of it is in use. */
interface Further {
  readonly connection: SshConnection;
  channels: number;
  /** Whether it has refused a channel since one was closed. */
  isFull: boolean;
}

/**
 * Connections to one remote beside the first. Where its sshd allows fewer programs on a connection than Nix has builds for it, none may
 * wait for another's end: Nix that connects for a build listens to no other meanwhile (`tryBuildHook`), so that one with much to say would
 * wait for Nix, and Nix for it.
 */
export class FurtherConnections {
  readonly #connect: (signal: AbortSignal) => Promise<SshConnection>;
  readonly #all = new Set<Further>();
  #adding: Promise<Further | undefined> | undefined;
  readonly #closing = new AbortController();

  constructor(connect: (signal: AbortSignal) => Promise<SshConnection>) {
    this.#connect = connect;
  }

  /**
   * Opens a channel on one that has room for it, or on a new one.
   * @param open on one connection
   * @returns undefined where there can be no further connection
   */
  async open(
    signal: AbortSignal,
    open: (connection: SshConnection) => Promise<ServiceStream>,
  ): Promise<ServiceStream | undefined> {
    for (const each of [...this.#all].filter(({ isFull }) => !isFull)) {
      const stream = await this.#openOn(each, open);
      if (stream) return stream;
    }
    // Who is refused at the same time shares one more: it has room for several.
    this.#adding ??= this.#add(signal).finally(() => (this.#adding = undefined));
    const added = await this.#adding;
    if (!added) return undefined;
    const stream = await this.#openOn(added, open);
    // Others may have taken all of it; one on which nothing opens for anybody is no reason for more.
    return stream ?? (added.channels > 0 ? this.open(signal, open) : undefined);
  }

  /** Ends them all, those too that are about to be made. */
  close(): void {
    this.#closing.abort();
    for (const { connection } of this.#all) connection.close();
  }

  async #openOn(
    each: Further,
    open: (connection: SshConnection) => Promise<ServiceStream>,
  ): Promise<ServiceStream | undefined> {
    each.channels += 1;
    const stream = await open(each.connection).catch(() => undefined);
    if (stream === undefined) {
      each.channels -= 1;
      each.isFull = true;
      if (each.channels === 0) this.#drop(each);
      return undefined;
    }
    stream.duplex.once('close', () => {
      each.channels -= 1;
      each.isFull = false;
    });
    return stream;
  }

  async #add(signal: AbortSignal): Promise<Further | undefined> {
    if (this.#isClosed() || this.#all.size >= MOST) return undefined;
    const connection = await this.#connect(signal).catch(() => undefined);
    if (connection === undefined) return undefined;
    if (this.#isClosed()) {
      connection.close();
      return undefined;
    }
    const added: Further = { connection, channels: 0, isFull: false };
    this.#all.add(added);
    void connection.closed.then(() => this.#all.delete(added));
    return added;
  }

  #isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** One on which nothing opens is of no use. */
  #drop(each: Further): void {
    this.#all.delete(each);
    each.connection.close();
  }
}
