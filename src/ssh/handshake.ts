import type { Socket } from 'node:net';

import ssh2, {
  type Algorithms,
  type Client,
  type ConnectConfig,
  type ServerHostKeyAlgorithm,
} from 'ssh2';

import { ActionError } from '../domain/errors.ts';
import { hostKeyAlgorithms, hostKeyFailure, uncheckableHostKey } from '../domain/host-key-check.ts';
import { publicKeyOnly } from './authentication.ts';
import { keepCipherKeys } from './cipher-keys.ts';
import { firstKey } from './credentials.ts';
import { authenticateEagerly } from './eager-authentication.ts';
import { HandshakeProgress } from './handshake-progress.ts';
import type { Ssh2Options, Timeouts } from './options.ts';

/** What ssh2 can check, best first; RSA with SHA-2 alone. */
const SUPPORTED_HOST_KEYS: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

/** A client that can ask for channels, and what the handshake showed of the link. */
export interface Handshake {
  readonly client: Client;
  /**
   * Milliseconds from asking for the authentication service to the answer: one round trip, and no work for the server.
   * 0 until that answer is there.
   */
  readonly roundTripMs: number;
  /** Whether the server has let us in. */
  readonly isAuthenticated: boolean;
}

/**
 * Speaks SSH on a connected socket up to authentication; destroys the socket when that fails.
 * @param onRequestable called once, when channels can be asked for: maybe before the server has let us in
 * @returns what `onRequestable` made, once we are in
 * @throws ActionError
 */
export async function shakeHands<T>(
  socket: Socket,
  options: Ssh2Options,
  timeouts: Timeouts,
  onRequestable: (handshake: Handshake) => T,
): Promise<T> {
  const client = new ssh2.Client();
  const progress = new HandshakeProgress(options);
  const handshake: Handshake = {
    client,
    get roundTripMs() {
      return progress.roundTripMs;
    },
    get isAuthenticated() {
      return progress.isAuthenticated;
    },
  };
  let early: { readonly made: T } | undefined;
  const onSent = () => {
    if (mayAskEarly(options, progress)) early = { made: onRequestable(handshake) };
  };
  try {
    const config = clientConfig(socket, options, timeouts, progress);
    client.once('handshake', () => progress.keysExchanged());
    keepCipherKeys(client);
    client.connect(config); // may throw: nothing waits yet
    const authenticated = untilReady(client, progress, options, timeouts);
    progress.peek(socket);
    authenticateEagerly(client, options.user, firstKey(options.credentials), onSent);
    await authenticated;
    return early === undefined ? onRequestable(handshake) : early.made;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function clientConfig(
  socket: Socket,
  options: Ssh2Options,
  timeouts: Timeouts,
  progress: HandshakeProgress,
): ConnectConfig {
  return {
    sock: socket,
    username: options.user,
    algorithms: algorithms(options),
    hostVerifier: (blob: Buffer, verify: (trusted: boolean) => void) => {
      progress.hostKey = hostKeyFailure(options.hostKeys, options.host, options.port, blob);
      // ssh2 refuses on `false` alone and takes whatever is returned for a verdict: so a block, and no return.
      verify(progress.hostKey === undefined);
    },
    authHandler: publicKeyOnly(options.credentials, options.user, progress),
    readyTimeout: 0,
    keepaliveInterval: timeouts.keepAlive.intervalMs,
    keepaliveCountMax: Number.MAX_SAFE_INTEGER,
    strictVendor: false,
  };
}

/**
 * "Any non-authentication messages sent by the client after the request that resulted in SSH_MSG_USERAUTH_SUCCESS being
 * sent MUST be passed to the service" (RFC 4252, 5.1). So nothing may follow a request that need not be the last one,
 * and whether a server keeps to it is known of OpenSSH only.
 */
function mayAskEarly({ credentials }: Ssh2Options, { server }: HandshakeProgress): boolean {
  return credentials.kind === 'keys' && credentials.keys.length === 1 && server === 'OpenSSH';
}

/** Resolves when the client is authenticated; rejects when it fails, when a phase takes too long, or when cancelled. */
async function untilReady(
  client: Client,
  progress: HandshakeProgress,
  options: Ssh2Options,
  timeouts: Timeouts,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const limit = (ms: number) => setTimeout(() => reject(progress.timedOut(ms)), ms);
  let timer = limit(timeouts.handshakeMs);
  client.once('handshake', () => {
    clearTimeout(timer);
    timer = limit(timeouts.authenticationMs);
  });
  const onAbort = () =>
    reject(new ActionError('cancelled', `connecting to ${options.host} was cancelled`));
  options.signal?.addEventListener('abort', onAbort);
  if (options.signal?.aborted === true) onAbort();
  client.once('ready', () => {
    progress.isAuthenticated = true;
    resolve(undefined);
  });
  client.on('error', (error) => reject(progress.explain(error)));
  client.once('close', () =>
    reject(progress.explain(new Error('the server closed the connection'))),
  );
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', onAbort);
  }
}

/** ssh2's own order of ciphers stands: AES-GCM first, which processors of today do in hardware. */
function algorithms({ hostKeys, host, compress }: Ssh2Options): Algorithms {
  const wanted = hostKeyAlgorithms(hostKeys);
  const known = SUPPORTED_HOST_KEYS.filter((algorithm) => wanted?.includes(algorithm));
  if (wanted !== undefined && known.length === 0) throw uncheckableHostKey(hostKeys, host);
  return {
    ...(wanted === undefined ? {} : { serverHostKey: known }),
    compress: compress === true ? ['zlib@openssh.com', 'none'] : ['none'],
  };
}
