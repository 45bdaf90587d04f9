import { createHmac, timingSafeEqual } from 'node:crypto';

import { ActionError } from './errors.ts';
import { publicKeyOf, type PublicKey } from './public-key.ts';

/** One line of a `known_hosts` file (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). */
interface KnownHostsLine {
  readonly revoked: boolean;
  readonly matches: (name: string) => boolean;
  readonly key: PublicKey;
}

/** A parsed `known_hosts` text. */
export type KnownHosts = readonly KnownHostsLine[];

/** What is known of one host's keys. */
export interface HostKeys {
  /** The input that says so: where a line is to be added or corrected. */
  readonly source: 'known-hosts' | 'base64-ssh-public-host-key';
  readonly trusted: readonly PublicKey[];
  readonly revoked: readonly PublicKey[];
  /** Whether the input names no host at all. */
  readonly empty: boolean;
}

export const DEFAULT_SSH_PORT = 22;

/**
 * Parses a `known_hosts` text: hashed names, `[host]:port`, wildcards, negation, `@revoked`; comments and empty lines are skipped.
 * @throws ActionError `known-hosts-invalid`, naming the line.
 */
export function parseKnownHosts(text: string): KnownHosts {
  return text.split(/\r?\n|\r/).flatMap((line, index) => {
    const words = line.trim().split(/\s+/);
    const isEntry = words[0] !== '' && !line.trim().startsWith('#');
    return isEntry ? [parseLine(words, index + 1)] : [];
  });
}

/** The name under which `known_hosts` lists a host: `host`, or `[host]:port` for any port but 22. */
export function knownHostsName(host: string, port: number): string {
  const name = host.toLowerCase();
  return port === DEFAULT_SSH_PORT ? name : `[${name}]:${port}`;
}

/**
 * The keys known for a host. Where no line names `[host]:port`, lines that name the host alone count for every port,
 * as in OpenSSH (sshconnect.c, "checking without port identifier").
 */
export function lookupHostKeys(knownHosts: KnownHosts, host: string, port: number): HostKeys {
  const plain = linesFor(knownHosts, knownHostsName(host, DEFAULT_SSH_PORT));
  const exact = linesFor(knownHosts, knownHostsName(host, port));
  const trusting = exact.some((line) => !line.revoked) ? exact : plain;
  return {
    source: 'known-hosts',
    trusted: trusting.filter((line) => !line.revoked).map((line) => line.key),
    revoked: [...plain, ...exact].filter((line) => line.revoked).map((line) => line.key),
    empty: knownHosts.length === 0,
  };
}

/**
 * The one key of a host whose URI or machine entry pins it: a line `ssh-ed25519 AAAA… comment`, plain or base64 of it
 * (Nix's machines field 8 and `base64-ssh-public-host-key`).
 * @throws ActionError `known-hosts-invalid`
 */
export function pinnedHostKey(text: string): HostKeys {
  const line = text.trim();
  const key = keyOfLine(line) ?? keyOfLine(Buffer.from(line, 'base64').toString('utf8'));
  if (key === undefined) {
    throw new ActionError(
      'known-hosts-invalid',
      'the public host key is neither a line such as `ssh-ed25519 AAAA…` nor base64 of one',
      {
        hint: 'Print it on the builder with `base64 -w0 /etc/ssh/ssh_host_ed25519_key.pub`.',
      },
    );
  }
  return { source: 'base64-ssh-public-host-key', trusted: [key], revoked: [], empty: false };
}

function keyOfLine(line: string): PublicKey | undefined {
  const [type = '', base64 = ''] = line.trim().split(/\s+/);
  return publicKeyOf(type, base64);
}

function linesFor(knownHosts: KnownHosts, name: string): KnownHosts {
  return knownHosts.filter((line) => line.matches(name));
}

function parseLine(words: readonly string[], lineNumber: number): KnownHostsLine {
  const marker = words[0]?.startsWith('@') === true ? words[0] : undefined;
  if (marker !== undefined) checkMarker(marker, lineNumber);
  const [names = '', type = '', base64 = ''] = marker === undefined ? words : words.slice(1);
  if (base64 === '') {
    throw invalid(lineNumber, 'has fewer than three words');
  }
  const key = publicKeyOf(type, base64);
  if (key === undefined) {
    throw invalid(lineNumber, `holds no ${JSON.stringify(type)} key: it is damaged or cut off`);
  }
  return { revoked: marker === '@revoked', matches: nameMatcher(names, lineNumber), key };
}

function checkMarker(marker: string, lineNumber: number): void {
  if (marker === '@revoked') return;
  if (marker !== '@cert-authority') throw invalid(lineNumber, `has an unknown marker ${marker}`);
  throw new ActionError(
    'known-hosts-invalid',
    `known-hosts, line ${lineNumber}: @cert-authority takes transport: openssh, host certificates cannot be checked without`,
    {
      hint:
        'Set transport: openssh, or pin the plain key of the host instead: on the builder, `cat /etc/ssh/ssh_host_ed25519_key.pub` prints ' +
        'the words that follow the host name in a known-hosts line.',
    },
  );
}

function invalid(lineNumber: number, what: string): ActionError {
  return new ActionError('known-hosts-invalid', `known-hosts, line ${lineNumber} ${what}`, {
    hint: 'A line reads `builder.example.org ssh-ed25519 AAAA…`, as in ~/.ssh/known_hosts.',
  });
}

function nameMatcher(names: string, lineNumber: number): (name: string) => boolean {
  if (names.startsWith('|')) return hashedNameMatcher(names, lineNumber);
  const patterns = names.toLowerCase().split(',');
  const positive = patterns.filter((pattern) => !pattern.startsWith('!')).map(patternRegExp);
  const negative = patterns
    .filter((pattern) => pattern.startsWith('!'))
    .map((pattern) => patternRegExp(pattern.slice(1)));
  return (name) =>
    positive.some((pattern) => pattern.test(name)) &&
    !negative.some((pattern) => pattern.test(name));
}

/** `|1|salt|hash`: hash is HMAC-SHA1 of the name, keyed with the salt (hostfile.c, `host_hash`). */
function hashedNameMatcher(names: string, lineNumber: number): (name: string) => boolean {
  const [, version, salt = '', hash = '', ...rest] = names.split('|');
  const expected = Buffer.from(hash, 'base64');
  if (version !== '1' || salt === '' || expected.length !== 20 || rest.length > 0) {
    throw invalid(lineNumber, 'has a hashed host name that is damaged');
  }
  const key = Buffer.from(salt, 'base64');
  return (name) => timingSafeEqual(createHmac('sha1', key).update(name).digest(), expected);
}

/** A pattern of `*`, `?` and plain characters; the brackets of `[host]:port` are plain. */
function patternRegExp(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`);
}
