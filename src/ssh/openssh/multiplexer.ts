import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

import { ActionError } from '../../domain/errors.ts';
import { Fields, sshString, uint32 } from '../wire.ts';
import { Channel, UNHEARD, type ChannelListener } from './channel.ts';
import { MAX_PACKET, MESSAGE, MUX, MUX_VERSION } from './messages.ts';
import { PacketSplitter } from './packets.ts';

/** A channel to be opened. */
export interface OpenRequest {
  /** `session`, … (RFC 4250, 4.9.1) */
  readonly type: string;
  /** The fields that belong to this type. */
  readonly details: Buffer;
  readonly listener: ChannelListener;
  /** Bytes that the far side may send before it is granted more. */
  readonly window: number;
}

interface Opening {
  readonly request: OpenRequest;
  readonly opened: PromiseWithResolvers<Channel>;
}

/** Of a channel that nobody provides. */
const PING = 'ping@nix-remote-build';

/**
 * Channels of our own on the connection of a running OpenSSH client, through its control socket in proxy mode (PROTOCOL.mux, 7; since
 * OpenSSH 7.4): SSH's connection protocol without encryption, to which the client does no more than to number channels anew. So
 * there is no process for each channel, the server's own answers are seen, and windows are ours to size.
 */
export class Multiplexer {
  readonly #socket: Socket;
  readonly #splitter = new PacketSplitter();
  readonly #opening = new Map<number, Opening>();
  readonly #channels = new Map<number, Channel>();
  readonly #ready = Promise.withResolvers<undefined>();
  #handle = (packet: Buffer): void => this.#handleMux(packet);
  #nextId = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#ready.promise.catch(() => undefined);
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    // What was wrong with a local socket says nothing of the connection: its end does.
    socket.on('error', () => undefined);
    socket.on('close', () => this.#end());
  }

  /**
   * @param path of the client's control socket
   * @throws Error when the client ends meanwhile, or is too old
   */
  static async connect(path: string): Promise<Multiplexer> {
    const socket = connect(path);
    await once(socket, 'connect');
    const multiplexer = new Multiplexer(socket);
    multiplexer.#write([uint32(MUX.hello), uint32(MUX_VERSION)]);
    multiplexer.#write([uint32(MUX.proxyRequest), uint32(0)]);
    await multiplexer.#ready.promise;
    return multiplexer;
  }

  get bytesReceived(): number {
    return this.#socket.bytesRead;
  }

  get bytesSent(): number {
    return this.#socket.bytesWritten - this.#socket.writableLength;
  }

  /** Calls back once the client has ended this. */
  onEnd(listener: () => void): void {
    if (this.#socket.closed) listener();
    else this.#socket.once('close', listener);
  }

  /** @throws ActionError `channel-refused`, its message the server's reason alone, or `connection-lost` */
  open(request: OpenRequest): Promise<Channel> {
    const id = this.#takeId();
    const opened = Promise.withResolvers<Channel>();
    if (this.#socket.destroyed) opened.reject(gone());
    else this.#opening.set(id, { request, opened });
    const { type, details, window } = request;
    const shape = [uint32(id), uint32(window), uint32(MAX_PACKET)];
    this.send([Buffer.of(MESSAGE.open), sshString(type), ...shape, details]);
    return opened.promise;
  }

  /**
   * Milliseconds until the server refuses a channel that nobody provides: one round trip, and no work for it. It answers the first one late
   * where it waits for our acknowledgement of what it said before: sshd leaves Nagle's algorithm on until a program was started.
   */
  async measureRoundTrip(): Promise<number> {
    const first = await this.#ping();
    return Math.min(first, await this.#ping());
  }

  async #ping(): Promise<number> {
    const began = performance.now();
    const details = Buffer.alloc(0);
    await this.open({ type: PING, details, listener: UNHEARD, window: 0 }).catch(() => undefined);
    return performance.now() - began;
  }

  /**
   * Sends a message of the connection protocol.
   * @param done called when the client was handed it, or is gone
   */
  send(parts: readonly Buffer[], done?: () => void): void {
    this.#write([Buffer.of(0), ...parts], done);
  }

  close(): void {
    this.#socket.destroy();
  }

  #write(parts: readonly Buffer[], done?: () => void): void {
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    this.#socket.write(Buffer.concat([uint32(length), ...parts]), done);
  }

  #takeId(): number {
    do this.#nextId = (this.#nextId + 1) % 2 ** 31;
    while (this.#channels.has(this.#nextId) || this.#opening.has(this.#nextId));
    return this.#nextId;
  }

  #receive(chunk: Buffer): void {
    try {
      for (const packet of this.#splitter.push(chunk)) this.#handle(packet);
    } catch (error) {
      this.#ready.reject(error);
      this.#socket.destroy();
    }
  }

  #handleMux(packet: Buffer): void {
    const fields = new Fields(packet);
    const type = fields.uint32();
    if (type === MUX.hello) return;
    if (type !== MUX.proxyGranted) throw tooOld();
    this.#handle = (message) => this.#handleMessage(message);
    this.#ready.resolve(undefined);
  }

  #handleMessage(packet: Buffer): void {
    // The first byte is the length of the padding, of which there is none.
    const type = packet.readUInt8(1);
    const message = new Fields(packet.subarray(2));
    if (type < MESSAGE.open) return;
    const id = message.uint32();
    if (type === MESSAGE.openConfirmation) this.#confirmed(id, message);
    else if (type === MESSAGE.openFailure) this.#refused(id, message);
    else this.#channels.get(id)?.receive(type, message);
  }

  #confirmed(id: number, message: Fields): void {
    const opening = this.#opening.get(id);
    if (!opening) return;
    this.#opening.delete(id);
    const { listener, window } = opening.request;
    const remote = { id: message.uint32(), window: message.uint32(), packet: message.uint32() };
    const channel = new Channel(remote, listener, window, {
      send: (parts, done) => this.send(parts, done),
      forget: () => this.#channels.delete(id),
    });
    this.#channels.set(id, channel);
    opening.opened.resolve(channel);
  }

  #refused(id: number, message: Fields): void {
    const opening = this.#opening.get(id);
    this.#opening.delete(id);
    message.uint32(); // a number for the reason, of which the text says more
    const reason = message.text() || 'the server gives no reason';
    opening?.opened.reject(new ActionError('channel-refused', reason));
  }

  #end(): void {
    this.#ready.reject(gone());
    for (const { opened } of this.#opening.values()) opened.reject(gone());
    this.#opening.clear();
  }
}

function gone(): ActionError {
  return new ActionError('connection-lost', 'the OpenSSH client has ended');
}

function tooOld(): ActionError {
  return new ActionError('input-invalid', 'the OpenSSH client of this machine is too old', {
    hint: 'transport: openssh needs OpenSSH 7.6 or newer on the runner.',
  });
}
