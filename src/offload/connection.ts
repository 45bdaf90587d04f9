import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { ByteStream } from '../domain/byte-stream.ts';
import { ActionError, asActionError } from '../domain/errors.ts';
import { failure } from './answers.ts';
import { Conversation, type Parties } from './conversation.ts';
import { Feed } from './feed.ts';
import { shakeHands, turnAway } from './handshake.ts';

export interface ConnectionOptions extends Pick<
  Parties,
  'takeOver' | 'onNotice' | 'onRawOperation'
> {
  /** Opens a stream to the local daemon; it is this client's alone. */
  readonly openLocalStream: () => Promise<ByteStream>;
}

/** A client of the socket, and its stream to the local daemon: when one is gone, so is the other. */
export class Connection {
  /** Resolves when nothing is left of it, and nobody answers a request of it any more. */
  readonly ended: Promise<void>;
  readonly #client: Parties['client'];
  readonly #options: ConnectionOptions;
  readonly #gone = new AbortController();
  #daemon: ByteStream | undefined;
  #conversation: Conversation | undefined;

  constructor(socket: Socket, options: ConnectionOptions) {
    this.#client = { duplex: socket, feed: new Feed() };
    this.#options = options;
    const close = (): void => this.close();
    socket.on('data', (chunk) => this.#hearClient(chunk));
    // A client that exits half-closes first: 'close' alone would come when all was written that it will never read.
    socket.on('end', close).on('error', close).on('close', close);
    const closed = once(socket, 'close').catch(() => undefined);
    this.ended = Promise.all([this.#run(), closed]).then(() => undefined);
  }

  /** Ends both sides hard: a half-closed stream to the daemon would leave its builds running. Idempotent. */
  close(): void {
    if (this.#gone.signal.aborted) return;
    this.#gone.abort();
    this.#client.feed.end(new ActionError('cancelled', 'the client of the offload socket is gone'));
    this.#client.duplex.destroy();
    this.#daemon?.duplex.destroy();
  }

  async #run(): Promise<void> {
    const { duplex } = this.#client;
    try {
      const daemon = await this.#openDaemon();
      if (daemon) await this.#converse(daemon);
    } catch (thrown) {
      const { code, message } = asActionError(thrown);
      if (code !== 'cancelled') this.#options.onNotice(`offload socket: ${message}`);
    }
    this.#daemon?.duplex.destroy();
    duplex.destroySoon(); // what was said to the client is to reach it
  }

  async #openDaemon(): Promise<ByteStream | undefined> {
    try {
      this.#daemon = await this.#options.openLocalStream();
    } catch (thrown) {
      await turnAway(this.#client, failure(thrown).message);
      throw thrown;
    }
    return this.#gone.signal.aborted ? undefined : this.#daemon;
  }

  async #converse(daemon: ByteStream): Promise<void> {
    const client = this.#client;
    const side = { duplex: daemon.duplex, feed: new Feed() };
    const ended = (): void => this.#daemonEnded(side.feed);
    const closed = (): void => {
      ended();
      this.#conversation?.daemonClosed();
    };
    daemon.duplex.on('data', (chunk: Buffer) => {
      if (this.#conversation) this.#conversation.hearDaemon(chunk);
      else side.feed.push(chunk);
    });
    daemon.duplex.on('end', ended).on('error', ended).on('close', closed);

    const handshake = await shakeHands(client, side);
    side.feed.drain((bytes) => void client.duplex.write(bytes));
    const { signal } = this.#gone;
    this.#conversation = new Conversation({ ...this.#options, client, daemon, signal });
    if (handshake.kind === 'agreed') await this.#conversation.serve(handshake.greeting);
    else await this.#conversation.relay(handshake.who);
  }

  #hearClient(chunk: Buffer): void {
    if (this.#conversation) this.#conversation.hearClient(chunk);
    else this.#client.feed.push(chunk);
  }

  #daemonEnded(feed: Feed): void {
    const reason = new ActionError('cancelled', 'the local daemon has ended the connection');
    feed.end(reason);
    this.#client.feed.end(reason);
    this.#conversation?.daemonEnded();
  }
}
