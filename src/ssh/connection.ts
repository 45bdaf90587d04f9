import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';

import type { ByteStream } from '../domain/byte-stream.ts';
import { ActionError } from '../domain/errors.ts';
import { TurnedAway } from './handshake-progress.ts';
import { Connection } from './live-connection.ts';
import { connectOpenssh } from './openssh/connect.ts';
import { DEFAULT_TIMEOUTS, type ConnectOptions, type Timeouts } from './options.ts';
import { connectTcp } from './tcp.ts';

/** How a remote program ended; both undefined if it was never told, as when the connection was lost. */
export interface ExitStatus {
  readonly code: number | undefined;
  /** `SIGKILL`, … */
  readonly signal: string | undefined;
}

/** A program on the remote side. */
export interface ExecStream extends ByteStream {
  /** Settles once all output has arrived, or the stream is destroyed; never rejects. */
  readonly exit: Promise<ExitStatus>;
  /** Its standard error, as it comes; what nobody listens to is dropped, but for what `diagnostics()` keeps. */
  readonly stderr: Readable;
}

/** One authenticated SSH connection, on which any number of channels are opened. */
export interface SshConnection {
  /** For people: `user@host`, with the port unless it is 22. */
  readonly label: string;
  /** Whom it is logged in as. */
  readonly user: string;
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
 * Connects and authenticates, with the client that is asked for; tries again for some seconds where the server is too busy to talk.
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
  if (options.transport === 'openssh') return connectOpenssh(options, timeouts);
  // Loaded only where it is used, and while the way to the machine is waited for; what that says meanwhile is not read yet.
  const loading = import('./handshake.ts');
  loading.catch(() => undefined); // waited for below, unless connecting fails first
  const socket = await connectTcp(options.host, options.port, timeouts.tcpMs, options.signal);
  const { shakeHands } = await loading;
  return shakeHands(socket, options, timeouts, (handshake) => {
    const connection = new Connection(socket, handshake, options, timeouts);
    options.onRequestable?.(connection);
    return connection;
  });
}
