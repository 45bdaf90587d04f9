import type { Socket } from 'node:net';

import ssh2, { type Algorithms, type Client, type ServerHostKeyAlgorithm } from 'ssh2';

import { ActionError } from '../domain/errors.ts';
import { hostKeyAlgorithms, hostKeyFailure } from '../domain/host-key-check.ts';
import { publicKeyOnly } from './authentication.ts';
import { firstKey } from './credentials.ts';
import { authenticateEagerly } from './eager-authentication.ts';
import { HandshakeFailure } from './handshake-failure.ts';
import type { ConnectOptions, Timeouts } from './options.ts';

/** An authenticated client, and what the handshake showed of the link. */
export interface Handshake {
  readonly client: Client;
  /** From asking for the authentication service to the answer: one round trip, and no work for the server. */
  readonly roundTripMs: number;
}

/**
 * Speaks SSH on a connected socket up to authentication; destroys the socket when that fails.
 * @throws ActionError
 */
export async function shakeHands(
  socket: Socket,
  options: ConnectOptions,
  timeouts: Timeouts,
): Promise<Handshake> {
  const client = new ssh2.Client();
  const failure = new HandshakeFailure(options);
  let asked = 0;
  let answered: number | undefined;
  client.once('handshake', () => {
    asked = performance.now();
    failure.phase = 'authentication';
  });
  const authenticated = untilReady(client, failure, options, timeouts);
  client.connect({
    sock: socket,
    username: options.user,
    algorithms: algorithms(options),
    hostVerifier: (blob: Buffer, verify: (trusted: boolean) => void) => {
      failure.hostKey = hostKeyFailure(options.hostKeys, options.host, options.port, blob);
      // ssh2 refuses on `false` alone and takes whatever is returned for a verdict: so a block, and no return.
      verify(failure.hostKey === undefined);
    },
    authHandler: publicKeyOnly(options.credentials, options.user, () => {
      answered ??= performance.now();
    }),
    readyTimeout: 0,
    keepaliveInterval: timeouts.keepAlive.intervalMs,
    keepaliveCountMax: Number.MAX_SAFE_INTEGER,
    strictVendor: false,
  });
  authenticateEagerly(client, options.user, firstKey(options.credentials));
  failure.peek(socket);
  try {
    await authenticated;
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return { client, roundTripMs: (answered ?? asked) - asked };
}

/** Resolves when the client is authenticated; rejects when it fails, when a phase takes too long, or when cancelled. */
async function untilReady(
  client: Client,
  failure: HandshakeFailure,
  options: ConnectOptions,
  timeouts: Timeouts,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const limit = (ms: number) => setTimeout(() => reject(failure.timedOut(ms)), ms);
  let timer = limit(timeouts.handshakeMs);
  client.once('handshake', () => {
    clearTimeout(timer);
    timer = limit(timeouts.authenticationMs);
  });
  const onAbort = () =>
    reject(new ActionError('cancelled', `connecting to ${options.host} was cancelled`));
  options.signal?.addEventListener('abort', onAbort);
  if (options.signal?.aborted === true) onAbort();
  client.once('ready', () => resolve(undefined));
  client.on('error', (error) => reject(failure.explain(error)));
  client.once('close', () =>
    reject(failure.explain(new Error('the server closed the connection'))),
  );
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', onAbort);
  }
}

function algorithms(options: ConnectOptions): Algorithms {
  const known = hostKeyAlgorithms(options.hostKeys) as ServerHostKeyAlgorithm[] | undefined;
  return {
    ...(known === undefined ? {} : { serverHostKey: known }),
    compress: options.compress === true ? ['zlib@openssh.com', 'none'] : ['none'],
  };
}
