import { diagnose } from '../../diagnose/diagnose.ts';
import { ActionError } from '../../domain/errors.ts';
import { printable } from '../../domain/text.ts';
import { TurnedAway } from '../handshake-progress.ts';
import type { OpensshIdentity, OpensshOptions } from '../options.ts';
import {
  changed,
  noCommonKey,
  revoked,
  unknown,
  type Explain,
  type Explanation,
  type Named,
} from './host-key-explanations.ts';

/** A client that has ended before it was let in. */
export interface ClientEnd {
  /** undefined: it could not be started at all. */
  readonly code: number | undefined;
  /** What it said on standard error. */
  readonly said: string;
}

/** What the shell says of a program that is not there (POSIX, 2.8.2). */
const NOT_FOUND = 127;

const UP = 'Is the builder up, and does its firewall let this runner in?';

/** The server was too busy to talk, and may not be soon. */
const TURNED_AWAY: ReadonlySet<string> = new Set(['ssh-turned-away', 'ssh-closed']);

/** What is known here beyond what the table of texts knows, by its ids. */
const EXPLANATIONS: ReadonlyMap<string, Explain> = new Map<string, Explain>([
  ['ssh-host-key-revoked', revoked],
  ['ssh-host-key-changed', changed],
  ['ssh-host-key-unknown', unknown],
  ['ssh-host-key-unverified', unknown],
  ['ssh-host-key-types', noCommonKey],
  ['ssh-no-common-algorithm', noHandshake],
  ['ssh-name-unknown', unresolvable],
  ['ssh-denied', denied],
  ['ssh-too-many-keys', denied],
  ['ssh-configuration', badConfiguration],
  ['ssh-refused', noConnection],
  ['ssh-no-answer', noAnswer],
  ['ssh-no-route', noConnection],
  ['ssh-jump-failed', notFromThere],
  ['ssh-no-server', noSsh],
]);

/** Why an OpenSSH client did not get in, as far as it says so: the same errors as of a connection that we make ourselves. */
export function clientFailure(options: OpensshOptions, { code, said }: ClientEnd): ActionError {
  if (code === undefined || code === NOT_FOUND) return missing();
  const cause = said === '' ? undefined : new Error(printable(said, 2000));
  const found = diagnose(said, { machine: options.host });
  if (found && TURNED_AWAY.has(found.id)) return turnedAway(options, said, cause);
  const explain = found && EXPLANATIONS.get(found.id);
  if (explain) {
    const { code: errorCode, what, hint } = explain(options, found.named);
    return new ActionError(errorCode, what, { hint: hint ?? found.remedy, cause });
  }
  const reason = found?.line ?? lastLine(said);
  const words = reason === '' ? `ssh ended with code ${code}` : reason;
  const what = `connecting to ${options.host} failed: ${words}`;
  const hint = found?.remedy ?? 'Try `ssh -v` to that host as the user who runs the step.';
  return new ActionError(found?.code ?? 'connection-lost', what, { hint, cause });
}

function turnedAway({ host }: OpensshOptions, said: string, cause: Error | undefined): TurnedAway {
  const what = `${host} closed the connection before the SSH handshake (${lastLine(said)})`;
  return new TurnedAway('host-unreachable', what, {
    hint: "Too many connections at once, perhaps: see sshd's MaxStartups and PerSourcePenalties on the builder.",
    cause,
  });
}

/** Why a connection that was in use is gone. */
export function lossReason(said: string): string {
  if (/not responding|timed out/i.test(said)) return 'the server did not answer any more';
  if (/reset by peer|broken pipe/i.test(said)) return 'it was reset';
  if (/message authentication code incorrect|Bad packet length|Corrupted/i.test(said)) {
    return `data was damaged on the way (${lastLine(said)})`;
  }
  if (said === '' || /closed by (?:remote host|\S+)/i.test(said)) return 'the server closed it';
  return lastLine(said);
}

/** The client did not say in time whether it was let in. */
export function clientTimedOut({ host }: OpensshOptions, limitMs: number): ActionError {
  return new ActionError(
    'connect-timeout',
    `${host} did not let us in within ${limitMs / 1000} s`,
    {
      hint: 'Is the builder up and not overloaded, and every host on the way to it?',
    },
  );
}

function missing(): ActionError {
  return new ActionError(
    'input-invalid',
    'transport: openssh, but there is no ssh on this machine',
    {
      hint: 'Install the OpenSSH client on the runner, or leave the input transport out.',
    },
  );
}

function noHandshake(_: OpensshOptions, { what = '' }: Named): Explanation {
  return { code: 'connection-lost', what: `the SSH handshake failed: ${printable(what)}` };
}

function unresolvable(_: OpensshOptions, { host = '' }: Named): Explanation {
  return {
    code: 'host-unresolvable',
    what: `the host name ${printable(host)} does not resolve`,
    hint: "Is it spelled right, and known to the name servers that this runner uses, or to its user's ssh_config?",
  };
}

function denied(
  { host, user, identity, env }: OpensshOptions,
  { who = '', methods = 'publickey' }: Named,
): Explanation {
  const whom = who === '' ? `${user === undefined ? '' : `${user}@`}${host}` : printable(who);
  // As after a key that was taken and is not enough (AuthenticationMethods).
  const wanted = methods.includes('publickey') ? '' : `, and it wants ${printable(methods)}`;
  if (identity.kind === 'configured' && env['SSH_AUTH_SOCK'] === undefined) {
    return {
      code: 'credentials-missing',
      what: `${whom} does not let us in${wanted}, and there is nothing to log in with but what ssh_config has: input 'ssh-key' is empty, and there is no agent (SSH_AUTH_SOCK)`,
      hint: 'Secrets are empty in pull requests from forks, and in workflows that Dependabot started.',
    };
  }
  return {
    code: 'authentication-failed',
    what: `${whom} does not let us in: ${offered(identity)}${wanted}`,
    hint: 'Is the user name right, and is the public half of the key a line of his ~/.ssh/authorized_keys there?',
  };
}

function offered(identity: OpensshIdentity): string {
  switch (identity.kind) {
    case 'keys':
      return `offered was ${identity.keys.map((key) => `${key.type} ${key.fingerprint}`).join(', ')}`;
    case 'file':
      return `offered was the key in ${identity.path}`;
    case 'configured':
      return 'offered were the keys of the agent and of ssh_config';
  }
}

function badConfiguration(_: OpensshOptions, { line = '' }: Named): Explanation {
  return {
    code: 'input-invalid',
    what: `transport: openssh, but ssh does not take its configuration: ${printable(line)}`,
    hint: 'Try `ssh -G HOST` as the user who runs the step.',
  };
}

function noConnection(options: OpensshOptions, named: Named): Explanation {
  const { host = options.host, port = '', reason } = named;
  if (reason === undefined) {
    const what = `${host} refuses connections on port ${port}: nothing listens there`;
    const hint = 'Is sshd running on the builder, and is that its port?';
    return { code: 'host-unreachable', what, hint };
  }
  return {
    code: 'host-unreachable',
    what: `${host}, port ${port}, cannot be reached: ${printable(reason)}`,
    hint: 'Is there a route from this runner to the builder?',
  };
}

function noAnswer(options: OpensshOptions, { host = options.host, port }: Named): Explanation {
  const where = port === undefined ? '' : ` on port ${port}`;
  return { code: 'connect-timeout', what: `${host} did not answer${where}`, hint: UP };
}

function notFromThere({ host }: OpensshOptions, { reason }: Named): Explanation {
  const why = reason === undefined ? 'it does not say why' : printable(reason);
  return {
    code: 'host-unreachable',
    what: `${host} cannot be reached from the host on the way to it: ${why}`,
    hint: UP,
  };
}

function noSsh({ host }: OpensshOptions): Explanation {
  return { code: 'protocol-mismatch', what: `what listens on ${host} is no SSH server` };
}

function lastLine(said: string): string {
  const lines = said.split(/[\r\n]+/).filter((line) => line.trim() !== '');
  return printable(lines.at(-1) ?? '');
}
