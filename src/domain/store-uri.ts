import {
  formatEndpoint,
  invalidUri,
  parseBoolean,
  parseSshUri,
  withoutPassword,
  words,
} from './ssh-uri.ts';

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

/** One entry of the `store` input. */
export interface StoreLine {
  readonly uri: string;
  /** For errors: the input, and the line where there are several. */
  readonly where: string;
}

/** The entries of the `store` input: one URI a line; empty lines and lines that begin with `#` are skipped. */
export function storeLines(text: string): readonly StoreLine[] {
  const lines = text.split(/\r?\n/).map((line, index) => ({ uri: line.trim(), number: index + 1 }));
  const entries = lines.filter(({ uri }) => uri !== '' && !uri.startsWith('#'));
  return entries.map(({ uri, number }) => ({
    uri,
    where: entries.length === 1 ? 'store' : `store: line ${number}`,
  }));
}

/**
 * Parses one store URI.
 * @param where for errors: which input, which line
 * @throws ActionError `store-uri-invalid`
 */
export function parseStoreUri(uri: string, where = 'store'): RemoteStoreUri {
  if (uri.startsWith('ssh://')) {
    throw invalidUri(
      where,
      'ssh:// cannot be used as a store that builds',
      `Write ssh-ng:// instead: ssh-ng://${withoutPassword(uri).slice('ssh://'.length)}`,
    );
  }
  const { user, host, port, parameters } = parseSshUri(uri, where);
  return {
    user,
    host,
    port,
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
export function formatStoreUri(uri: RemoteStoreUri): string {
  return formatEndpoint({ protocol: 'ssh-ng', ...uri });
}
