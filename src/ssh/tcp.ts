import { connect, type Socket } from 'node:net';

import { ActionError, toError } from '../domain/errors.ts';
import { readIntoTwoBuffers } from './read-buffers.ts';

/** Node gives up on an address after 250 ms by default, which a slow link needs for one round trip. */
const ADDRESS_ATTEMPT_MS = 3000;

/**
 * A TCP connection with Nagle's algorithm off: ssh2 leaves it on, and every small exchange would wait 44 ms. It is paused: what the server
 * says, or that it hangs up, comes once somebody listens and resumes it.
 * @throws ActionError `host-unresolvable`, `host-unreachable`, `connect-timeout`, `cancelled`
 */
export function connectTcp(
  host: string,
  port: number,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({
      host,
      port,
      noDelay: true,
      autoSelectFamilyAttemptTimeout: ADDRESS_ATTEMPT_MS,
      onread: readIntoTwoBuffers((chunk) => socket.emit('data', chunk)),
    });
    socket.pause();
    const timer = setTimeout(() => fail(timedOut(host, port, timeoutMs)), timeoutMs);
    const onAbort = () => fail(cancelled(host));
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      socket.removeListener('connect', onConnect);
      socket.removeListener('error', onError);
    };
    const fail = (error: ActionError) => {
      settle();
      // A destroyed socket may still report how its attempt ended.
      socket.on('error', () => undefined).destroy();
      reject(error);
    };
    const onConnect = () => {
      settle();
      resolve(socket);
    };
    const onError = (error: Error) => fail(connectFailure(host, port, error));
    socket.once('connect', onConnect).once('error', onError);
    if (signal?.aborted === true) onAbort();
    else signal?.addEventListener('abort', onAbort);
  });
}

function timedOut(host: string, port: number, timeoutMs: number): ActionError {
  return new ActionError(
    'connect-timeout',
    `${host} did not answer on port ${port} within ${timeoutMs / 1000} s`,
    { hint: 'Is the builder up, and does its firewall let this runner in?' },
  );
}

function cancelled(host: string): ActionError {
  return new ActionError('cancelled', `connecting to ${host} was cancelled`);
}

/** With several addresses tried, the reasons are in an AggregateError. */
function connectFailure(host: string, port: number, error: Error): ActionError {
  const reason = error instanceof AggregateError ? toError(error.errors[0]) : error;
  const code = 'code' in reason ? String(reason.code) : '';
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_NODATA':
      return new ActionError('host-unresolvable', `the host name ${host} does not resolve`, {
        hint: 'Is it spelled right, and known to the name servers that this runner uses? A name that only ssh_config knows takes transport: openssh.',
        cause: error,
      });
    case 'ECONNREFUSED':
      return new ActionError(
        'host-unreachable',
        `${host} refuses connections on port ${port}: nothing listens there`,
        { hint: 'Is sshd running on the builder, and is that its port?', cause: error },
      );
    case 'ETIMEDOUT':
      return new ActionError('connect-timeout', `${host} did not answer on port ${port}`, {
        hint: 'Is the builder up, and does its firewall let this runner in?',
        cause: error,
      });
    default:
      return new ActionError(
        'host-unreachable',
        `${host}, port ${port}, cannot be reached: ${code === '' ? reason.message : code}`,
        { hint: 'Is there a route from this runner to the builder?', cause: error },
      );
  }
}
