import { ActionError } from './errors.ts';

/** A remote store, `ssh-ng://user@host:port?parameters`. Holds no secret: `ssh-key` is a path. */
export interface RemoteStoreUri {
  /** undefined: whoever runs the step, as with `ssh`. */
  readonly user: string | undefined;
  /** A name or an address; IPv6 without its brackets. */
  readonly host: string;
  readonly port: number;
  /** Path of a private key on the runner. */
  readonly sshKey: string | undefined;
  /** Base64 of the host's `ssh-ed25519 AAAA…` line. */
  readonly base64SshPublicHostKey: string | undefined;
  readonly compress: boolean;
  /** Program and arguments that serve the protocol; empty: the default. */
  readonly remoteProgram: readonly string[];
  /** Store that the program is to serve; undefined: its default. */
  readonly remoteStore: string | undefined;
  readonly systemFeatures: readonly string[];
  readonly systems: readonly string[];
}

const DEFAULT_PORT = 22;

const PARAMETERS = [
  'ssh-key',
  'base64-ssh-public-host-key',
  'compress',
  'remote-program',
  'remote-store',
  'port',
  'system-features',
  'systems',
] as const;

type Parameter = (typeof PARAMETERS)[number];

// The host is a name, an IPv4 address, or an IPv6 address in brackets, with a zone perhaps.
const AUTHORITY =
  /^(?:(?<user>[^@]*)@)?(?:\[(?<ipv6>[0-9A-Fa-f:.]+(?:%[\w.-]+)?)\]|(?<name>[A-Za-z0-9._-]+))(?::(?<port>\d*))?$/;

/**
 * Parses the `store` input: one URI a line; empty lines and lines that begin with `#` are skipped.
 * @throws ActionError `store-uri-invalid`, naming the line
 */
export function parseStoreUris(text: string): readonly RemoteStoreUri[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    const uri = line.trim();
    return uri === '' || uri.startsWith('#')
      ? []
      : [parseStoreUri(uri, `store, line ${index + 1}`)];
  });
}

/**
 * Parses one store URI.
 * @param where for errors: which input, which line
 * @throws ActionError `store-uri-invalid`
 */
export function parseStoreUri(uri: string, where = 'store'): RemoteStoreUri {
  const [, scheme = '', authority = '', path = '', query = ''] =
    /^([a-z0-9+.-]+):\/\/([^/?#]*)([^?#]*)(?:\?([^#]*))?$/i.exec(uri) ?? [];
  if (scheme !== 'ssh-ng') throw wrongScheme(uri, scheme, where);
  if (path !== '' && path !== '/') {
    throw invalid(where, `${JSON.stringify(path)} after the host has no meaning`);
  }
  const parameters = parseQuery(query, where);
  const { user, host, port } = parseAuthority(authority, where);
  return {
    user,
    host,
    port: parsePort(parameters.get('port') ?? port, where),
    sshKey: parameters.get('ssh-key'),
    base64SshPublicHostKey: parameters.get('base64-ssh-public-host-key'),
    compress: parseBoolean('compress', parameters.get('compress'), where),
    remoteProgram: words(parameters.get('remote-program'), /\s+/),
    remoteStore: parameters.get('remote-store'),
    systemFeatures: words(parameters.get('system-features'), /[\s,]+/),
    systems: words(parameters.get('systems'), /[\s,]+/),
  };
}

/** `ssh-ng://user@host:port`: enough to tell stores apart in a log, and without parameters. */
export function formatStoreUri({ user, host, port }: RemoteStoreUri): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return `ssh-ng://${user === undefined ? '' : `${user}@`}${name}${port === DEFAULT_PORT ? '' : `:${port}`}`;
}

function parseAuthority(
  authority: string,
  where: string,
): { user: string | undefined; host: string; port: string | undefined } {
  const groups = AUTHORITY.exec(decode(authority, where))?.groups;
  const host = groups?.['ipv6'] ?? groups?.['name'];
  if (groups === undefined || host === undefined || host.startsWith('-')) {
    throw invalid(where, `${JSON.stringify(withoutPassword(authority))} is no user@host:port`);
  }
  const user = groups['user'];
  if (user?.includes(':') === true) {
    throw invalid(where, 'a password has no place in the URI', 'Use the input ssh-key.');
  }
  if (user === '' || user?.startsWith('-') === true) {
    throw invalid(where, 'the user name before @ is empty or begins with a hyphen');
  }
  return { user, host, port: groups['port'] };
}

/** Of an authority or a whole URI. */
function withoutPassword(text: string): string {
  return text.replace(/^((?:[^/@]*\/\/)?[^:@/]*):(?!\/\/).*@/, '$1:…@');
}

/** Where a parameter is given twice, the last one counts. One that is empty counts as not given. */
function parseQuery(query: string, where: string): ReadonlyMap<Parameter, string> {
  const parameters = new Map<Parameter, string>();
  for (const pair of query.split('&').filter((part) => part !== '')) {
    const [encodedName = '', ...value] = pair.split('=');
    const name = decode(encodedName, where);
    if (!isParameter(name)) {
      throw invalid(
        where,
        `the parameter ${JSON.stringify(name)} is not supported`,
        `Supported are ${PARAMETERS.join(', ')}.`,
      );
    }
    const text = decode(value.join('='), where);
    if (text === '') parameters.delete(name);
    else parameters.set(name, text);
  }
  return parameters;
}

function isParameter(name: string): name is Parameter {
  return PARAMETERS.some((known) => known === name);
}

function parsePort(text: string | undefined, where: string): number {
  if (text === undefined) return DEFAULT_PORT;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65535) {
    throw invalid(where, `${JSON.stringify(text)} is no port: 1 to 65535`);
  }
  return port;
}

/** Nix's spellings (config.cc, `parseBool`). */
function parseBoolean(name: Parameter, text: string | undefined, where: string): boolean {
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
      throw invalid(where, `${name} is ${JSON.stringify(text)}: true or false is meant`);
  }
}

function words(text: string | undefined, separator: RegExp): readonly string[] {
  return (text ?? '').split(separator).filter((word) => word !== '');
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

function wrongScheme(uri: string, scheme: string, where: string): ActionError {
  if (scheme === 'ssh') {
    return invalid(
      where,
      'ssh:// cannot be used as a store that builds',
      `Write ssh-ng:// instead: ssh-ng://${withoutPassword(uri).slice('ssh://'.length)}`,
    );
  }
  const shown = JSON.stringify(withoutPassword(uri).slice(0, 100));
  return invalid(where, `${shown} is no URI of the form ssh-ng://user@host`);
}

function invalid(where: string, what: string, hint?: string): ActionError {
  return new ActionError('store-uri-invalid', `${where}: ${what}`, {
    hint: hint ?? 'A remote store is written ssh-ng://user@builder.example.org',
  });
}
