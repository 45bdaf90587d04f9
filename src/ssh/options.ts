import type { HostKeys } from '../domain/known-hosts.ts';
import type { SshConnection } from './connection.ts';
import type { Credentials } from './credentials.ts';
import type { LinkWatch } from './link-watch.ts';

/** Where to connect, as whom, and what proves either side to the other. */
export interface ConnectOptions {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly credentials: Credentials;
  /** The host must present one of these: nothing is accepted on first use. */
  readonly hostKeys: HostKeys;
  /** zlib, worth its time on slow links only. */
  readonly compress?: boolean;
  /** Receive window of each channel, in bytes; by default what the measured round trip asks for. */
  readonly windowBytes?: number;
  /** Cancels connecting; what ends a connection is its `close()`. */
  readonly signal?: AbortSignal;
  /**
   * Called once, as soon as channels can be asked for. With one key in memory and OpenSSH on the other side that is before
   * the server has let us in: the requests travel with the authentication, and save a round trip. They fail if it fails.
   */
  readonly onRequestable?: (connection: SshConnection) => void;
  readonly timeouts?: Partial<Timeouts>;
}

/** The end of every wait, in milliseconds. */
export interface Timeouts {
  readonly tcpMs: number;
  readonly handshakeMs: number;
  readonly authenticationMs: number;
  readonly channelMs: number;
  readonly keepAlive: LinkWatch;
  /** Waits before connecting again to a server that has too many connections just then. */
  readonly retryMs: readonly number[];
}

/** With these a dead link is found within 48 s. */
export const DEFAULT_TIMEOUTS: Timeouts = {
  tcpMs: 15_000,
  handshakeMs: 15_000,
  authenticationMs: 20_000,
  channelMs: 15_000,
  keepAlive: { intervalMs: 12_000, silentIntervals: 3 },
  retryMs: [500, 1000, 2000, 4000],
};
