import type { ErrorCode } from '../../domain/errors.ts';
import { fingerprint } from '../../domain/public-key.ts';
import { printable } from '../../domain/text.ts';
import type { OpensshOptions } from '../options.ts';

/** What is wrong, as the client's words tell it. */
export interface Explanation {
  readonly code: ErrorCode;
  readonly what: string;
  readonly hint?: string;
}

/** What the client's words name: host, port, reason … */
export type Named = Readonly<Partial<Record<string, string>>>;

/** @param named by what the client says */
export type Explain = (options: OpensshOptions, named: Named) => Explanation;

function source({ hostKeys }: OpensshOptions): string {
  if (hostKeys.pinned !== undefined) return hostKeys.pinned.source;
  return hostKeys.knownHosts === undefined ? "this machine's known_hosts" : 'known-hosts';
}

export function revoked(options: OpensshOptions): Explanation {
  return {
    code: 'host-key-revoked',
    what: `the host key of ${options.host} is marked @revoked in ${source(options)}`,
    hint: 'Do not connect: ask whoever runs the builder which key it has now.',
  };
}

export function changed(options: OpensshOptions, named: Named = {}): Explanation {
  const { pinned } = options.hostKeys;
  const host = pinned === undefined ? (named['host'] ?? options.host) : options.host;
  const expected = pinned?.trusted.map((key) => `${key.type} ${fingerprint(key)}`).join(' or ');
  const instead = expected === undefined ? '' : `, which is ${expected}`;
  return {
    code: 'host-key-mismatch',
    what: `the host key of ${host} has changed: it is not the one in ${source(options)}${instead}`,
    hint:
      'Somebody may be impersonating the builder. Only if its key was really replaced, put the new one, which ' +
      `\`cat /etc/ssh/ssh_host_*_key.pub\` prints on the builder, into ${source(options)} in place of the old one.`,
  };
}

export function unknown(options: OpensshOptions, { host: name }: Named): Explanation {
  // A pinned key of another type than those that the host has.
  if (options.hostKeys.pinned !== undefined) return changed(options);
  return {
    code: 'host-key-unknown',
    what: `the host key of ${name ?? options.host} is not in ${source(options)}`,
    hint:
      'Print it with `cat /etc/ssh/ssh_host_ed25519_key.pub` on the builder itself, and put it behind the name, as in ' +
      `\`${name ?? options.host} ssh-ed25519 AAAA…\`, into ${source(options)}. Hosts on the way (ProxyJump) need a line, too.`,
  };
}

export function noCommonKey(options: OpensshOptions, { offer = '' }: Named): Explanation {
  return {
    code: 'host-key-mismatch',
    what: `${options.host} has no host key of a type that is known for it: it offers ${printable(offer)}`,
    hint: `Print the keys it has with \`cat /etc/ssh/ssh_host_*_key.pub\` on the builder, and add one to ${source(options)}.`,
  };
}
