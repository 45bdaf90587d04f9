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

/** The server was too busy to talk, and may not be soon: sshd says so since 9.8, before it just hangs up. */
const TURNED_AWAY =
  /^(?:kex_exchange_identification|ssh_exchange_identification|banner exchange): .*(?:closed|reset)|Exceeded MaxStartups|Not allowed at this time/im;

const UP = 'Is the builder up, and does its firewall let this runner in?';

/** What the client says (sshconnect.c, sshconnect2.c, readconf.c, packet.c), the telling first: what went wrong on the way comes with more lines. */
const EXPLANATIONS: readonly (readonly [RegExp, Explain])[] = [
  [/REVOKED HOST KEY DETECTED|host key .* is marked as revoked/i, revoked],
  [/^(?:\S+ )?host key for (\S+) has changed/im, changed],
  [/REMOTE HOST IDENTIFICATION HAS CHANGED/, changed],
  [/^No (\S+) host key is known for (\S+)/im, unknown],
  [/Host key verification failed/i, unknown],
  [/no matching host key type found\. Their offer: (.*)/i, noCommonKey],
  [/Unable to negotiate with .*: (no matching .*)/i, (_, [, what = '']) => noHandshake(what)],
  [/Could not resolve hostname (\S+):/i, (_, [, host = '']) => unresolvable(host)],
  [/^(\S+): Permission denied \((.*)\)/im, denied],
  [/Permission denied|Too many authentication failures/i, denied],
  [
    /^(.*: (?:line \d+: )?Bad .*|Bad owner or permissions on .*|.*terminating, .*)$/im,
    badConfiguration,
  ],
  [/connect to host (\S+) port (\d+): (.*)/i, noConnection],
  [/timed out/i, (options) => timedOut(options)],
  [/stdio forwarding failed|open failed: (.*)/i, notFromThere],
  [
    /banner line contains invalid|invalid protocol identifier|Protocol major versions differ/i,
    noSsh,
  ],
];

/** Why an OpenSSH client did not get in, as far as it says so: the same errors as of a connection that we make ourselves. */
export function clientFailure(options: OpensshOptions, { code, said }: ClientEnd): ActionError {
  if (code === undefined || code === NOT_FOUND) return missing();
  const cause = said === '' ? undefined : new Error(printable(said, 2000));
  for (const [pattern, explain] of EXPLANATIONS) {
    const match = pattern.exec(said);
    if (!match) continue;
    const { code: errorCode, what, hint } = explain(options, match);
    return new ActionError(errorCode, what, { hint, cause });
  }
  const { host } = options;
  const words = lastLine(said);
  if (TURNED_AWAY.test(said)) {
    const what = `${host} closed the connection before the SSH handshake (${words})`;
    return new TurnedAway('host-unreachable', what, {
      hint: "Too many connections at once, perhaps: see sshd's MaxStartups and PerSourcePenalties on the builder.",
      cause,
    });
  }
  const reason = words === '' ? `ssh ended with code ${code}` : words;
  return new ActionError('connection-lost', `connecting to ${host} failed: ${reason}`, { cause });
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

function noHandshake(what: string): Explanation {
  return { code: 'connection-lost', what: `the SSH handshake failed: ${printable(what)}` };
}

function unresolvable(host: string): Explanation {
  return {
    code: 'host-unresolvable',
    what: `the host name ${printable(host)} does not resolve`,
    hint: "Is it spelled right, and known to the name servers that this runner uses, or to its user's ssh_config?",
  };
}

function denied(
  { host, user, identity, env }: OpensshOptions,
  match: RegExpExecArray,
): Explanation {
  const [, who = '', methods = 'publickey'] = match;
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

function badConfiguration(_: OpensshOptions, [line = '']: RegExpExecArray): Explanation {
  return {
    code: 'input-invalid',
    what: `transport: openssh, but ssh does not take its configuration: ${printable(line)}`,
    hint: 'Try `ssh -G HOST` as the user who runs the step.',
  };
}

function noConnection(options: OpensshOptions, match: RegExpExecArray): Explanation {
  const [, host = options.host, port = '', reason = ''] = match;
  if (/timed out/i.test(reason)) {
    return { code: 'connect-timeout', what: `${host} did not answer on port ${port}`, hint: UP };
  }
  if (/refused/i.test(reason)) {
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

function timedOut({ host }: OpensshOptions): Explanation {
  return { code: 'connect-timeout', what: `${host} did not answer`, hint: UP };
}

function notFromThere(
  { host }: OpensshOptions,
  [line, reason = line]: RegExpExecArray,
): Explanation {
  return {
    code: 'host-unreachable',
    what: `${host} cannot be reached from the host on the way to it: ${printable(reason)}`,
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
