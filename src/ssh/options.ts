import type { HostKeys } from '../domain/known-hosts.ts';
import type { SshConnection } from './connection.ts';
import type { Credentials } from './credentials.ts';
import type { LinkWatch } from './link-watch.ts';
import type { PrivateKey } from './private-key.ts';

/** Where to connect, as whom, over which client, and what proves either side to the other. */
export type ConnectOptions = Ssh2Options | OpensshOptions;

/** How to log in somewhere: what of {@link ConnectOptions} depends on the client. */
export type Login = Ssh2Login | OpensshLogin;

export type Ssh2Options = ConnectionOptions & Ssh2Login;

export type OpensshOptions = ConnectionOptions & OpensshLogin;

/** What is the same for every client. */
export interface ConnectionOptions {
  readonly host: string;
  readonly port: number;
  /** zlib, worth its time on slow links only. */
  readonly compress?: boolean;
  /** Receive window of each channel, in bytes; by default what the measured round trip asks for. */
  readonly windowBytes?: number;
  /** Cancels connecting; what ends a connection is its `close()`. */
  readonly signal?: AbortSignal;
  /**
   * Called once, as soon as channels can be asked for. With ssh2, one key in memory and OpenSSH on the other side that is before
   * the server has let us in: the requests travel with the authentication, and save a round trip. They fail if it fails.
   */
  readonly onRequestable?: (connection: SshConnection) => void;
  readonly timeouts?: Partial<Timeouts>;
}

/** The client in this process. */
export interface Ssh2Login {
  readonly transport?: 'ssh2';
  readonly user: string;
  readonly credentials: Credentials;
  /** The host must present one of these: nothing is accepted on first use. */
  readonly hostKeys: HostKeys;
}

/** The machine's own OpenSSH client, with its configuration; the default port is left to that, too. */
export interface OpensshLogin {
  readonly transport: 'openssh';
  /** undefined: as the configuration has it. */
  readonly user: string | undefined;
  readonly identity: OpensshIdentity;
  readonly hostKeys: OpensshHostKeys;
  /** The client's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** An existing folder, of mode 0700, in which connections make theirs; its path is short and plain. */
  readonly directory: string;
}

/** What an OpenSSH client logs in with. */
export type OpensshIdentity =
  /** Nothing but these, as far as its configuration names no further ones. */
  | { readonly kind: 'keys'; readonly keys: readonly PrivateKey[] }
  /** A file that it reads itself: it may be the handle of a key in hardware. */
  | { readonly kind: 'file'; readonly path: string }
  /** Whatever it has: its agent (`SSH_AUTH_SOCK`), its configuration. */
  | { readonly kind: 'configured' };

/** What an OpenSSH client checks the host's key against; that it checks it is never left to its configuration. */
export interface OpensshHostKeys {
  /** Lines of known_hosts, nothing else counts; undefined: those of this machine. */
  readonly knownHosts: string | undefined;
  /** The one key that the host must have, whatever else is known of it; undefined: it is not pinned. */
  readonly pinned: HostKeys | undefined;
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
