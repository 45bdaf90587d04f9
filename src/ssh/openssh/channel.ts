import type { ExitStatus } from '../connection.ts';
import { Fields, sshString, uint32 } from '../wire.ts';
import { MAX_PACKET, MESSAGE, STDERR } from './messages.ts';

/** Hears what the far side of a channel does. */
export interface ChannelListener {
  data(chunk: Buffer): void;
  stderr(chunk: Buffer): void;
  /** No more data comes. */
  eof(): void;
  exited(status: ExitStatus): void;
  /** There may be room for more; see {@link Channel.write}. */
  writable(): void;
  /** Nothing more comes, and nothing is heard. */
  closed(): void;
}

const nothing = (): void => undefined;

/** For a channel that is not meant to open. */
export const UNHEARD: ChannelListener = {
  data: nothing,
  stderr: nothing,
  eof: nothing,
  exited: nothing,
  writable: nothing,
  closed: nothing,
};

/** What a channel needs of the connection that it is on. */
export interface ChannelHost {
  send(parts: readonly Buffer[], done?: () => void): void;
  /** Both sides have closed it. */
  forget(): void;
}

/** The far side of a channel, as it said when it was opened. */
export interface ChannelRemote {
  readonly id: number;
  /** Bytes that we may send. */
  readonly window: number;
  /** The longest data that it takes at once. */
  readonly packet: number;
}

/** One channel (RFC 4254, 5), open when it is made. */
export class Channel {
  readonly #remote: ChannelRemote;
  readonly #listener: ChannelListener;
  readonly #host: ChannelHost;
  readonly #largest: number;
  readonly #requests: ((granted: boolean) => void)[] = [];
  #sendWindow: number;
  #receiveWindow: number;
  #closeSent = false;

  constructor(
    remote: ChannelRemote,
    listener: ChannelListener,
    receiveWindow: number,
    host: ChannelHost,
  ) {
    this.#remote = remote;
    this.#listener = listener;
    this.#host = host;
    this.#largest = Math.max(1, Math.min(remote.packet, MAX_PACKET));
    this.#sendWindow = remote.window;
    this.#receiveWindow = receiveWindow;
  }

  /** Bytes that the far side may still send. */
  get receiveWindow(): number {
    return this.#receiveWindow;
  }

  /** Lets the far side send so many more bytes. */
  grant(bytes: number): void {
    if (this.#closeSent) return;
    this.#receiveWindow += bytes;
    this.#send(MESSAGE.windowAdjust, [uint32(bytes)]);
  }

  /** Runs a command. @returns whether the server did */
  exec(command: string): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#requests.push(resolve);
    this.#send(MESSAGE.request, [sshString('exec'), Buffer.of(1), sshString(command)]);
    return promise;
  }

  /**
   * Sends what the far side has room for.
   * @param done called when all of it was handed over
   * @returns the rest, to be sent once the listener's `writable` is called
   */
  write(chunk: Buffer, done: () => void): Buffer {
    const room = Math.min(chunk.length, this.#sendWindow);
    this.#sendWindow -= room;
    for (let at = 0; at < room; at += this.#largest) {
      const part = chunk.subarray(at, Math.min(at + this.#largest, room));
      const isLast = at + part.length === chunk.length;
      this.#send(MESSAGE.data, [uint32(part.length), part], isLast ? done : undefined);
    }
    return chunk.subarray(room);
  }

  /** Says that no more data is sent. */
  eof(): void {
    if (!this.#closeSent) this.#send(MESSAGE.eof);
  }

  /** Ends it for both sides. Idempotent. */
  close(): void {
    if (this.#closeSent) return;
    this.#closeSent = true;
    this.#send(MESSAGE.close);
  }

  /** @param message behind its type and the channel's number */
  receive(type: number, message: Fields): void {
    switch (type) {
      case MESSAGE.windowAdjust:
        this.#sendWindow += message.uint32();
        this.#listener.writable();
        break;
      case MESSAGE.data:
        this.#listener.data(this.#received(message));
        break;
      case MESSAGE.extendedData:
        if (message.uint32() === STDERR) this.#listener.stderr(this.#received(message));
        break;
      case MESSAGE.eof:
        this.#listener.eof();
        break;
      case MESSAGE.request:
        this.#requested(message);
        break;
      case MESSAGE.success:
      case MESSAGE.failure:
        this.#requests.shift()?.(type === MESSAGE.success);
        break;
      case MESSAGE.close:
        this.#closed();
    }
  }

  #received(message: Fields): Buffer {
    const data = message.string();
    this.#receiveWindow -= data.length;
    return data;
  }

  #requested(message: Fields): void {
    const name = message.text();
    const wantsReply = message.byte() !== 0;
    if (name === 'exit-status') {
      this.#listener.exited({ code: message.uint32(), signal: undefined });
    } else if (name === 'exit-signal') {
      this.#listener.exited({ code: undefined, signal: `SIG${message.text()}` });
    }
    if (wantsReply) this.#send(MESSAGE.failure);
  }

  #closed(): void {
    this.close();
    this.#host.forget();
    for (const answer of this.#requests.splice(0)) answer(false);
    this.#listener.closed();
  }

  #send(type: number, parts: readonly Buffer[] = [], done?: () => void): void {
    this.#host.send([Buffer.of(type), uint32(this.#remote.id), ...parts], done);
  }
}
