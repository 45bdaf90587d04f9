import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

import type { Client, ClientChannel } from 'ssh2';

import type { ByteStream } from '../domain/byte-stream.ts';
import { ActionError } from '../domain/errors.ts';
import { requestChannel, type ChannelRequest } from './channel-request.ts';
import { ChannelStream } from './channel-stream.ts';
import { Diagnostics } from './diagnostics.ts';
import { TurnedAway } from './handshake-failure.ts';
import { shakeHands, type Handshake } from './handshake.ts';
import { watchLink } from './link-watch.ts';
import { DEFAULT_TIMEOUTS, type ConnectOptions, type Timeouts } from './options.ts';
import { quoteCommand } from './shell-quote.ts';
import { connectTcp } from './tcp.ts';
import { windowFor } from './window.ts';

const FAREWELL_MS = 1000;

/** How a remote program ended; both undefined if it was never told, as when the connection was lost. */
export interface ExitStatus {
  readonly code: number | undefined;
  /** `SIGKILL`, … */
  readonly signal: string | undefined;
}

/** A program on the remote side. */
export interface ExecStream extends ByteStream {
  /** Settles once all output was read, or the stream destroyed; never rejects. */
  readonly exit: Promise<ExitStatus>;
}

/** One authenticated SSH connection, on which any number of channels are opened. */
export interface SshConnection {
  /** For people: `user@host`, with the port unless it is 22. */
  readonly label: string;
  /** Milliseconds, measured during the handshake. */
  readonly roundTripMs: number;
  /** Of the TCP connection so far, both with SSH's own overhead. */
  readonly bytesReceived: number;
  readonly bytesSent: number;
  /** Settles when the connection is gone: with the reason, or with undefined after `close()`. Never rejects. */
  readonly closed: Promise<ActionError | undefined>;
  /**
   * A stream to a Unix socket on the remote side.
   * @throws ActionError `channel-refused` if nothing listens there or sshd forbids it; `connection-lost`
   */
  openSocket(path: string): Promise<ByteStream>;
  /**
   * Runs a command line, or words that are quoted for the remote shell. A forced command runs instead, where there is one.
   * @throws ActionError `channel-refused`, which the 11th of sshd's MaxSessions gets; `connection-lost`
   */
  exec(command: string | readonly string[]): Promise<ExecStream>;
  /** Ends the connection and all that runs on it. Idempotent. */
  close(): void;
}

/**
 * Connects and authenticates; tries again for some seconds where the server is too busy to talk.
 * @throws ActionError of group "reaching the remote", or `cancelled`
 */
export async function connectSsh(options: ConnectOptions): Promise<SshConnection> {
  const timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
  for (const waitMs of timeouts.retryMs) {
    try {
      return await connectOnce(options, timeouts);
    } catch (error) {
      if (!(error instanceof TurnedAway)) throw error;
      // Clients that were turned away together must not come back together.
      await pause(waitMs * (0.5 + Math.random()), options);
    }
  }
  return connectOnce(options, timeouts);
}

async function pause(ms: number, { host, signal }: ConnectOptions): Promise<void> {
  try {
    await delay(ms, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    throw new ActionError('cancelled', `connecting to ${host} was cancelled`, { cause: error });
  }
}

async function connectOnce(options: ConnectOptions, timeouts: Timeouts): Promise<SshConnection> {
  const socket = await connectTcp(options.host, options.port, timeouts.tcpMs, options.signal);
  const handshake = await shakeHands(socket, options, timeouts);
  return new Connection(socket, handshake, options, timeouts);
}

function labelOf({ user, host, port }: ConnectOptions): string {
  return port === 22 ? `${user}@${host}` : `${user}@${host}:${port}`;
}

class Connection implements SshConnection {
  readonly label: string;
  readonly roundTripMs: number;
  readonly closed: Promise<ActionError | undefined>;
  readonly #socket: Socket;
  readonly #client: Client;
  readonly #timeouts: Timeouts;
  readonly #windowBytes: number;
  readonly #streams = new Set<ChannelStream>();
  readonly #settleClosed: (reason: ActionError | undefined) => void;
  readonly #stopWatching: () => void;
  #gone: ActionError | undefined;

  constructor(
    socket: Socket,
    { client, roundTripMs }: Handshake,
    options: ConnectOptions,
    timeouts: Timeouts,
  ) {
    this.label = labelOf(options);
    this.roundTripMs = roundTripMs;
    this.#windowBytes = options.windowBytes ?? windowFor(roundTripMs);
    this.#socket = socket;
    this.#client = client;
    this.#timeouts = timeouts;
    const { promise, resolve } = Promise.withResolvers<ActionError | undefined>();
    this.closed = promise;
    this.#settleClosed = resolve;
    const { intervalMs, silentIntervals } = timeouts.keepAlive;
    this.#stopWatching = watchLink(socket, timeouts.keepAlive, () => {
      this.#lose(`nothing moved on it for ${(intervalMs * silentIntervals) / 1000} s`);
    });
    client.on('error', (error) => this.#lose(error.message, error));
    // ssh2 throws at whoever writes after 'end', and at 'close' ends all channels as if they were complete.
    client.on('end', () => this.#lose('the server closed it'));
    client.on('close', () => this.#lose('the server closed it'));
  }

  get bytesReceived(): number {
    return this.#socket.bytesRead;
  }

  get bytesSent(): number {
    return this.#socket.bytesWritten;
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
          duplex: this.#streamOn(channel),
          diagnostics: () => diagnostics.text(),
        };
      },
    });
  }

  close(): void {
    this.#end(new ActionError('connection-lost', `the connection to ${this.label} was closed`));
    this.#settleClosed(undefined);
  }

  async #open<T>(request: Pick<ChannelRequest<T>, 'what' | 'start' | 'accept'>): Promise<T> {
    this.#refuseIfGone();
    try {
      return await requestChannel({
        ...request,
        label: this.label,
        timeoutMs: this.#timeouts.channelMs,
      });
    } catch (error) {
      // ssh2 fails the requests that wait when the connection ends, without saying why it ended.
      this.#refuseIfGone();
      throw error;
    }
  }

  #refuseIfGone(): void {
    if (this.#gone !== undefined) throw this.#gone;
  }

  #streamOn(channel: ClientChannel): ChannelStream {
    const stream = new ChannelStream(channel, this.#windowBytes);
    this.#streams.add(stream);
    stream.once('close', () => this.#streams.delete(stream));
    return stream;
  }

  #lose(why: string, cause?: Error): void {
    const reason = new ActionError(
      'connection-lost',
      `the connection to ${this.label} was lost: ${why}`,
      { cause },
    );
    this.#end(reason);
    this.#settleClosed(reason);
  }

  /** The first reason is the one that counts. */
  #end(reason: ActionError): void {
    if (this.#gone !== undefined) return;
    this.#gone = reason;
    this.#stopWatching();
    for (const stream of this.#streams) stream.connectionLost(reason);
    this.#client.end();
    // A farewell that cannot be delivered must not keep the process alive.
    setTimeout(() => this.#socket.destroy(), FAREWELL_MS).unref();
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
