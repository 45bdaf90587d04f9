import type { AnyAuthMethod, AuthHandlerMiddleware } from 'ssh2';

import { ActionError } from '../domain/errors.ts';
import { printable } from '../domain/text.ts';
import type { Credentials } from './credentials.ts';

/** What is heard of an authentication while it goes on. */
export interface AuthenticationWatch {
  /** Each time the server lets us try; the first time is the answer to the request for the service. */
  asked(): void;
  /** The server took a key and wants more (AuthenticationMethods): one of these. */
  wantsMore(methods: readonly string[]): void;
}

/** Offers each key once, in order, and nothing else: no `none` probe, which would cost a round trip. */
export function publicKeyOnly(
  credentials: Credentials,
  username: string,
  watch: AuthenticationWatch,
): AuthHandlerMiddleware {
  const methods: AnyAuthMethod[] =
    credentials.kind === 'keys'
      ? credentials.keys.map((key) => ({ type: 'publickey', username, key: key.parsed() }))
      : [{ type: 'agent', username, agent: credentials.socket }];
  return (methodsLeft, partialSuccess, next) => {
    watch.asked();
    if (partialSuccess) watch.wantsMore(methodsLeft);
    const method = methods.shift();
    // ssh2 takes `false` for "nothing left", which its types do not know.
    next(method ?? (false as unknown as AnyAuthMethod));
  };
}

/** A second factor, or a second key, that cannot be given. */
export function moreIsWanted(
  methods: readonly string[],
  user: string,
  host: string,
  cause: Error,
): ActionError {
  const wanted = printable(methods.join(', '));
  return new ActionError(
    'authentication-failed',
    `${host} accepts the key of ${user}, but wants more than that: ${wanted}`,
    {
      hint: `A workflow can give nothing but a key: set AuthenticationMethods publickey for ${user} in sshd_config on ${host} (Match User).`,
      cause,
    },
  );
}

/** The server would not have any of our keys. */
export function authenticationFailure(
  credentials: Credentials,
  user: string,
  host: string,
  cause: Error,
): ActionError {
  const tooMany = /too many authentication failures/i.test(cause.message);
  const what = tooMany
    ? `${host} let ${user} try no more keys (too many authentication failures)`
    : `${host} does not let ${user} in`;
  return new ActionError('authentication-failed', `${what}: ${offered(credentials)}`, {
    hint: tooMany
      ? 'Offer only the key that is meant for this builder: sshd counts each one against its MaxAuthTries.'
      : `Is the user name right, and is the public half of the key a line of ~/.ssh/authorized_keys of ${user} on ${host}?`,
    cause,
  });
}

function offered(credentials: Credentials): string {
  if (credentials.kind === 'agent') return 'offered were the keys of the agent (SSH_AUTH_SOCK)';
  const keys = credentials.keys.map((key) => `${key.type} ${key.fingerprint}`);
  return keys.length === 0 ? 'there was no key to offer' : `offered was ${keys.join(', ')}`;
}
