import { ActionError } from './errors.ts';

/** How a remote Nix is spoken to over SSH: the worker protocol, or the legacy serve protocol. */
export const PROTOCOLS = ['ssh-ng', 'ssh'] as const;

export type Protocol = (typeof PROTOCOLS)[number];

/** Which account of which machine, by which protocol. */
export interface SshEndpoint {
  readonly protocol: Protocol;
  /** undefined: whoever runs the step, as with `ssh`. */
  readonly user: string | undefined;
  /** A name or an address; IPv6 without its brackets. */
  readonly host: string;
  readonly port: number;
}

/** `ssh-ng://user@host:port?parameters` in its parts; the parameters' values are decoded, and none is empty. */
export interface SshUri extends SshEndpoint {
  readonly parameters: ReadonlyMap<SshParameter, string>;
}

export const SSH_PARAMETERS = [
  'ssh-key',
  'base64-ssh-public-host-key',
  'compress',
  'remote-program',
  'remote-store',
  'port',
  'system-features',
  'systems',
] as const;

export type SshParameter = (typeof SSH_PARAMETERS)[number];

export const DEFAULT_PORT = 22;

// The host is a name, an IPv4 address, or an IPv6 address in brackets, with a zone perhaps.
const AUTHORITY =
  /^(?:(?<user>[^@]*)@)?(?:\[(?<ipv6>[0-9A-Fa-f:.]+(?:%[\w.-]+)?)\]|(?<name>[A-Za-z0-9._-]+))(?::(?<port>\d*))?$/;

// Without brackets Nix takes all of it for the address, and no port (store-reference.cc, "unbracketed IPv6 addresses").
const BARE_IPV6 =
  /^(?:(?<user>[^@]*)@)?(?<ipv6>(?=.*::|(?:[^:]*:){6})[0-9A-Fa-f:.]+(?:%[\w.-]+)?)$/;

/**
 * Parses the URI of a store or a machine that is reached over SSH.
 * @param where for errors: which input, which line
 * @throws ActionError `store-uri-invalid`
 */
export function parseSshUri(uri: string, where: string): SshUri {
  const [, scheme = '', authority = '', path = '', query = ''] =
    /^([a-z0-9+.-]+):\/\/([^/?#]*)([^?#]*)(?:\?([^#]*))?$/i.exec(uri) ?? [];
  const protocol = PROTOCOLS.find((known) => known === scheme);
  if (protocol === undefined) {
    throw invalidUri(where, `${shownUri(uri)} is no URI of the form ssh-ng://user@host`);
  }
  if (path !== '' && path !== '/') {
    throw invalidUri(where, `${JSON.stringify(path)} after the host has no meaning`);
  }
  const parameters = parseQuery(query, where);
  const { user, host, port } = parseAuthority(authority, where);
  return {
    protocol,
    user,
    host,
    port: parsePort(parameters.get('port') ?? port, where),
    parameters,
  };
}

/** `ssh-ng://user@host:port`: enough to tell remotes apart in a log, and without parameters. */
export function formatEndpoint({ protocol, user, host, port }: SshEndpoint): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return `${protocol}://${user === undefined ? '' : `${user}@`}${name}${port === DEFAULT_PORT ? '' : `:${port}`}`;
}

/** Of an authority or a whole URI. */
export function withoutPassword(text: string): string {
  return text.replace(/^((?:[^/@]*\/\/)?[^:@/]*):(?!\/\/).*@/, '$1:…@');
}

/** All URIs in a text without who logs in: the user may be a token. */
export function withoutLogins(text: string): string {
  return text.replace(/:\/\/[^/?#\s]*@/g, '://');
}

/** What somebody wrote where a URI is expected, quoted and cut, fit for a message. */
export function shownUri(text: string): string {
  return JSON.stringify(withoutPassword(text).slice(0, 100));
}

/** An error about a URI. */
export function invalidUri(where: string, what: string, hint?: string): ActionError {
  return new ActionError('store-uri-invalid', `${where}: ${what}`, {
    hint: hint ?? 'A remote store is written ssh-ng://user@builder.example.org',
  });
}

/** The values of a parameter that holds several. */
export function words(text: string | undefined, separator: RegExp): readonly string[] {
  return (text ?? '').split(separator).filter((word) => word !== '');
}

/**
 * Nix's spellings (config.cc, `parseBool`).
 * @throws ActionError `store-uri-invalid`
 */
export function parseBoolean(name: SshParameter, text: string | undefined, where: string): boolean {
  switch (text) {
    case undefined:
    case 'false':
    case 'no':
    case '0':
      return false;
    case 'true':
    case 'yes':
    case '1':
      return true;
    default:
      throw invalidUri(where, `${name} is ${JSON.stringify(text)}: true or false is meant`);
  }
}

/**
 * 1 to 65535; 22 where nothing is given.
 * @throws ActionError `store-uri-invalid`
 */
export function parsePort(text: string | undefined, where: string): number {
  if (text === undefined) return DEFAULT_PORT;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65535) {
    throw invalidUri(
      where,
      `${JSON.stringify(text)} is no port: 1 to 65535`,
      'Where none is given, it is 22.',
    );
  }
  return port;
}

// The spelling of a zone before 2.31, which newer Nix reads too.
const UNENCODED_ZONE = /^((?:[^@]*@)?\[?[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*)%(?!25)/;

interface Authority {
  readonly user: string | undefined;
  readonly host: string;
  readonly port: string | undefined;
}

function parseAuthority(authority: string, where: string): Authority {
  const groups = splitAuthority(decode(authority.replace(UNENCODED_ZONE, '$1%25'), where));
  if (groups === undefined || groups.host.startsWith('-')) {
    throw invalidUri(where, `${JSON.stringify(withoutPassword(authority))} is no user@host:port`);
  }
  const { user } = groups;
  if (user?.includes(':') === true) {
    throw invalidUri(where, 'a password has no place in the URI', 'Use the input ssh-key.');
  }
  if (user === '' || user?.startsWith('-') === true) {
    throw invalidUri(where, 'the user name before @ is empty or begins with a hyphen');
  }
  return groups;
}

function splitAuthority(authority: string): Authority | undefined {
  const groups = (BARE_IPV6.exec(authority) ?? AUTHORITY.exec(authority))?.groups;
  const host = groups?.['ipv6'] ?? groups?.['name'];
  return host === undefined ? undefined : { user: groups?.['user'], host, port: groups?.['port'] };
}

/** Where a parameter is given twice, the last one counts. One that is empty counts as not given. */
function parseQuery(query: string, where: string): ReadonlyMap<SshParameter, string> {
  const parameters = new Map<SshParameter, string>();
  for (const pair of query.split('&').filter((part) => part !== '')) {
    const [encodedName = '', ...value] = pair.split('=');
    const decodedName = decode(encodedName, where);
    const name = SSH_PARAMETERS.find((known) => known === decodedName);
    if (name === undefined) {
      throw invalidUri(
        where,
        `the parameter ${JSON.stringify(decodedName)} is not supported`,
        `Supported are ${SSH_PARAMETERS.join(', ')}.`,
      );
    }
    const text = decode(value.join('='), where);
    if (text === '') parameters.delete(name);
    else parameters.set(name, text);
  }
  return parameters;
}

function decode(text: string, where: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    throw new ActionError('store-uri-invalid', `${where}: % is not followed by two digits`, {
      hint: 'Write a percent sign as %25, and a blank as %20.',
      cause: error,
    });
  }
}
