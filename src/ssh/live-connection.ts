import type { Socket } from 'node:net';

import type { Client, ClientChannel } from 'ssh2';

import type { ByteStream } from '../domain/byte-stream.ts';
import { ActionError } from '../domain/errors.ts';
import { printable } from '../domain/text.ts';
import { requestChannel, type ChannelRequest } from './channel-request.ts';
import { ChannelStream } from './channel-stream.ts';
import type { ExecStream, ExitStatus, SshConnection } from './connection.ts';
import { Diagnostics } from './diagnostics.ts';
import type { Handshake } from './handshake.ts';
import { connectionLabel } from './label.ts';
import { watchLink } from './link-watch.ts';
import type { Ssh2Options, Timeouts } from './options.ts';
import { quoteCommand } from './shell-quote.ts';
import { windowFor } from './window.ts';

const FAREWELL_MS = 1000;

/** What ssh2 and OpenSSL say of a packet that is not what was sent: length first, then the authentication tag. */
const DAMAGED = /Bad packet length|Invalid MAC|unable to authenticate data/;

/** A connection whose client is authenticated, or about to be: see `onRequestable`. */
export class Connection implements SshConnection {
  readonly label: string;
  readonly user: string;
  readonly closed: Promise<ActionError | undefined>;
  readonly #socket: Socket;
  readonly #client: Client;
  readonly #handshake: Handshake;
  readonly #timeouts: Timeouts;
  readonly #windowBytes: number | undefined;
  readonly #streams = new Set<ChannelStream>();
  readonly #settleClosed: (reason: ActionError | undefined) => void;
  readonly #stopWatching: () => void;
  #gone: ActionError | undefined;

  constructor(socket: Socket, handshake: Handshake, options: Ssh2Options, timeouts: Timeouts) {
    const { client } = handshake;
    this.label = connectionLabel(options.user, options);
    this.user = options.user;
    this.#windowBytes = options.windowBytes;
    this.#socket = socket;
    this.#client = client;
    this.#handshake = handshake;
    this.#timeouts = timeouts;
    const { promise, resolve } = Promise.withResolvers<ActionError | undefined>();
    this.closed = promise;
    this.#settleClosed = resolve;
    const { intervalMs, silentIntervals } = timeouts.keepAlive;
    this.#stopWatching = watchLink(socket, timeouts.keepAlive, () => {
      this.#lose(`nothing moved on it for ${(intervalMs * silentIntervals) / 1000} s`);
    });
    client.on('error', (error) => this.#lose(describe(error), error));
    // ssh2 throws at whoever writes after 'end', and at 'close' ends all channels as if they were complete.
    client.on('end', () => this.#lose('the server closed it'));
    client.on('close', () => this.#lose('the server closed it'));
  }

  get roundTripMs(): number {
    return this.#handshake.roundTripMs;
  }

  get bytesReceived(): number {
    return this.#socket.bytesRead;
  }

  get bytesSent(): number {
    // What waits in this process counts as written, too.
    return this.#socket.bytesWritten - this.#socket.writableLength;
  }

  openSocket(path: string): Promise<ByteStream> {
    return this.#open({
      what: `a channel to the socket ${path}`,
      start: (done) => this.#client.openssh_forwardOutStreamLocal(path, done),
      accept: (channel) => ({ duplex: this.#streamOn(channel), diagnostics: () => '' }),
    });
  }

  exec(command: string | readonly string[]): Promise<ExecStream> {
    const line = typeof command === 'string' ? command : quoteCommand(command);
    return this.#open({
      what: `the command ${line}`,
      start: (done) => this.#client.exec(line, done),
      accept: (channel) => {
        const diagnostics = new Diagnostics(channel.stderr);
        return {
          exit: exitOf(channel, this.closed),
          stderr: channel.stderr,
          duplex: this.#streamOn(channel),
          diagnostics: () => diagnostics.text(),
        };
      },
    });
  }

  close(): void {
    const reason = `the connection to ${this.label} was closed`;
    if (!this.#end(new ActionError('connection-lost', reason))) return;
    this.#settleClosed(undefined);
    this.#client.end();
    // A farewell that cannot be delivered must not keep the process alive.
    setTimeout(() => this.#socket.destroy(), FAREWELL_MS).unref();
  }

  async #open<T>(request: Pick<ChannelRequest<T>, 'what' | 'start' | 'accept'>): Promise<T> {
    this.#refuseIfGone();
    try {
      return await requestChannel({
        ...request,
        label: this.label,
        timeoutMs: this.#channelTimeout(),
      });
    } catch (error) {
      // ssh2 fails the requests that wait when the connection ends, without saying why it ended.
      this.#refuseIfGone();
      throw error;
    }
  }

  /** The answer to what is asked ahead of the authentication comes after it. */
  #channelTimeout(): number {
    const { authenticationMs, channelMs } = this.#timeouts;
    return this.#handshake.isAuthenticated ? channelMs : authenticationMs + channelMs;
  }

  #refuseIfGone(): void {
    if (this.#gone !== undefined) throw this.#gone;
  }

  #streamOn(channel: ClientChannel): ChannelStream {
    const stream = new ChannelStream(channel, this.#windowBytes ?? windowFor(this.roundTripMs));
    this.#streams.add(stream);
    stream.once('close', () => this.#streams.delete(stream));
    return stream;
  }

  #lose(why: string, cause?: Error): void {
    const message = `the connection to ${this.label} was lost: ${why}`;
    const reason = new ActionError('connection-lost', message, { cause });
    if (!this.#end(reason)) return;
    this.#settleClosed(reason);
    this.#socket.destroy();
  }

  /** @returns whether this is the first reason, the one that counts */
  #end(reason: ActionError): boolean {
    if (this.#gone !== undefined) return false;
    this.#gone = reason;
    this.#stopWatching();
    for (const stream of this.#streams) stream.connectionLost(reason);
    return true;
  }
}

function exitOf(channel: ClientChannel, connectionClosed: Promise<unknown>): Promise<ExitStatus> {
  const { promise, resolve } = Promise.withResolvers<ExitStatus>();
  channel.on('close', (code?: number | null, signal?: string) =>
    resolve({ code: code ?? undefined, signal }),
  );
  void connectionClosed.then(() => resolve({ code: undefined, signal: undefined }));
  return promise;
}

function describe(error: Error): string {
  const code = 'code' in error ? error.code : undefined;
  if (code === 'ECONNRESET' || code === 'EPIPE') return 'it was reset';
  const said = printable(error.message);
  return DAMAGED.test(said) ? `data was damaged on the way (${said})` : said;
}
