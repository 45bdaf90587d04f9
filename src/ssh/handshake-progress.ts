import type { Socket } from 'node:net';

import { ActionError } from '../domain/errors.ts';
import { noCommonHostKey } from '../domain/host-key-check.ts';
import { printable } from '../domain/text.ts';
import { type AuthenticationWatch, authenticationFailure, moreIsWanted } from './authentication.ts';
import type { Ssh2Options } from './options.ts';

/** How far a handshake has come. */
export type Phase = 'greeting' | 'key-exchange' | 'authentication';

const PEEKED_BYTES = 256;

/** Watches a handshake: how far it has come, how long the link takes, and why it failed if it does. */
export class HandshakeProgress implements AuthenticationWatch {
  /** Set when the host's key was refused. */
  hostKey: ActionError | undefined;
  isAuthenticated = false;
  readonly #options: Ssh2Options;
  #phase: Phase = 'greeting';
  #firstBytes = '';
  #serviceAskedAt = 0;
  #serviceGrantedAt: number | undefined;
  #wantedMore: readonly string[] | undefined;

  constructor(options: Ssh2Options) {
    this.#options = options;
  }

  /** The software that the server says it is. */
  get server(): 'OpenSSH' | 'other' {
    return this.#firstBytes.startsWith('SSH-2.0-OpenSSH_') ? 'OpenSSH' : 'other';
  }

  get roundTripMs(): number {
    return (this.#serviceGrantedAt ?? this.#serviceAskedAt) - this.#serviceAskedAt;
  }

  /** Remembers what the server says first, which ssh2 forgets unless it is SSH. */
  peek(socket: Socket): void {
    const onData = (chunk: Buffer) => {
      this.#firstBytes += chunk.toString('latin1', 0, PEEKED_BYTES);
      if (this.#firstBytes.startsWith('SSH-')) this.#phase = 'key-exchange';
      socket.removeListener('data', onData);
    };
    socket.on('data', onData);
  }

  /** ssh2 asks for the authentication service next. */
  keysExchanged(): void {
    this.#phase = 'authentication';
    this.#serviceAskedAt = performance.now();
  }

  asked(): void {
    this.#serviceGrantedAt ??= performance.now();
  }

  wantsMore(methods: readonly string[]): void {
    this.#wantedMore = methods;
  }

  /** @param error what ssh2 reported */
  explain(error: Error): ActionError {
    if (this.hostKey !== undefined) return this.hostKey;
    switch (this.#phase) {
      case 'greeting':
        return this.#noGreeting(error);
      case 'key-exchange':
        return this.#keyExchange(error);
      case 'authentication':
        return this.#authentication(error);
    }
  }

  /** The phase under way took longer than it may. */
  timedOut(limitMs: number): ActionError {
    const { host, port } = this.#options;
    const what = {
      greeting: 'took the connection but said nothing',
      'key-exchange': 'did not finish the key exchange',
      authentication: 'did not answer the authentication',
    }[this.#phase];
    return new ActionError(
      'connect-timeout',
      `${host}, port ${port}, ${what} within ${limitMs / 1000} s`,
      { hint: 'Is that the port of an SSH server, and is the builder not overloaded?' },
    );
  }

  #noGreeting(error: Error): ActionError {
    const { host, port } = this.#options;
    const said = printable(this.#firstBytes.split(/[\r\n]/)[0] ?? '');
    // sshd says so since 9.8 when MaxStartups or PerSourcePenalties turn a client away; before it just hangs up.
    if (said === '' || /^(Exceeded MaxStartups|Not allowed at this time)/.test(said)) {
      const reason = said === '' ? '' : ` (${said})`;
      return new TurnedAway(
        'host-unreachable',
        `${host}, port ${port}, closed the connection before the SSH handshake${reason}`,
        {
          hint: "Too many connections at once, perhaps: see sshd's MaxStartups and PerSourcePenalties on the builder.",
          cause: error,
        },
      );
    }
    return new ActionError(
      'protocol-mismatch',
      `what listens on ${host}, port ${port}, is no SSH server: it says ${JSON.stringify(said.slice(0, 80))}`,
      { cause: error },
    );
  }

  #keyExchange(error: Error): ActionError {
    const { host, hostKeys } = this.#options;
    if (error.message.includes('no matching host key format') && hostKeys.trusted.length > 0) {
      return noCommonHostKey(hostKeys, host);
    }
    return new ActionError(
      'connection-lost',
      `the SSH handshake with ${host} failed: ${printable(error.message)}`,
      { cause: error },
    );
  }

  #authentication(error: Error): ActionError {
    const { host, user, credentials } = this.#options;
    const level = 'level' in error ? error.level : undefined;
    if (level === 'agent') {
      return new ActionError(
        'authentication-failed',
        `the SSH agent cannot be used: ${printable(error.message)}`,
        { hint: 'Set the input ssh-key, or start an agent and set SSH_AUTH_SOCK.', cause: error },
      );
    }
    if (this.#wantedMore !== undefined) return moreIsWanted(this.#wantedMore, user, host, error);
    if (level === 'client-authentication' || /authentication/i.test(error.message)) {
      return authenticationFailure(credentials, user, host, error);
    }
    return new ActionError(
      'connection-lost',
      `${host} closed the connection during authentication: ${printable(error.message)}`,
      { cause: error },
    );
  }
}

/** The server was too busy to talk: worth another try. */
export class TurnedAway extends ActionError {}
