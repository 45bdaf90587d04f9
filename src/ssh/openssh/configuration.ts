import type { HostKeys } from '../../domain/known-hosts.ts';
import type { OpensshOptions, Timeouts } from '../options.ts';
import { isSince, type ClientVersion } from './client-version.ts';

/** The name under which a pinned host key is kept; only the connection's own host goes by it. */
const PINNED_NAME = 'pinned';

/** Where a connection's own files are: {@link clientFiles}. */
export interface ClientFiles {
  readonly configuration: string;
  readonly knownHosts: string;
  readonly pinned: string;
  readonly control: string;
  readonly agent: string;
}

/** @param folder of mode 0700, its path without blanks, quotes and percent signs; it is to hold the files of one connection */
export function clientFiles(folder: string): ClientFiles {
  return {
    configuration: `${folder}/config`,
    knownHosts: `${folder}/known-hosts`,
    pinned: `${folder}/pinned`,
    control: `${folder}/control`,
    agent: `${folder}/agent`,
  };
}

/**
 * A file of ssh_config(5): ours, and behind it the user's and the machine's, since of each option the first value counts. Hosts on the
 * way (ProxyJump) are reached with the same file, by which they are checked as strictly.
 */
export function clientConfiguration(
  { identity, hostKeys, compress }: OpensshOptions,
  files: ClientFiles,
  { tcpMs, keepAlive }: Timeouts,
  version: ClientVersion | undefined,
): string {
  const lines = [
    ...STRICT,
    ...NOTHING_ELSE,
    ...newerLines(hostKeys, version),
    ...knownHostsLines(hostKeys.knownHosts, files),
    ...identityLines(identity, files),
    ...(compress === true ? ['Compression yes'] : []),
    `ConnectTimeout ${Math.ceil(tcpMs / 1000)}`,
    `ServerAliveInterval ${Math.ceil(keepAlive.intervalMs / 1000)}`,
    `ServerAliveCountMax ${keepAlive.silentIntervals}`,
    'Include ~/.ssh/config',
    'Include /etc/ssh/ssh_config',
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** Nothing is asked, and nothing accepted that is not known. */
const STRICT = [
  'BatchMode yes',
  'StrictHostKeyChecking yes',
  'UpdateHostKeys no',
  'VerifyHostKeyDNS no',
  'NoHostAuthenticationForLocalhost no',
  // It would add to the user's known_hosts.
  'CheckHostIP no',
];

/** What a person may want of a session, and nobody of this one; also its log, which is read for what went wrong. */
const NOTHING_ELSE = [
  'ControlMaster no',
  'ControlPath none',
  'ControlPersist no',
  'ClearAllForwardings yes',
  'ForwardAgent no',
  'ForwardX11 no',
  'Tunnel no',
  'AddKeysToAgent no',
  'RemoteCommand none',
  // Ours is for the host itself, on the command line.
  'PermitLocalCommand no',
  'RequestTTY no',
  'VisualHostKey no',
  'LogLevel INFO',
];

/** What older clients do not know, and stop at. */
function newerLines(
  { knownHosts, pinned }: OpensshOptions['hostKeys'],
  version: ClientVersion | undefined,
): readonly string[] {
  if (!version) return [];
  const isGiven = knownHosts !== undefined || pinned !== undefined;
  return [
    // Its keys would count beside those of the files.
    ...(isGiven && isSince(version, [8, 5]) ? ['KnownHostsCommand none'] : []),
    ...(isSince(version, [8, 7]) ? ['ForkAfterAuthentication no'] : []),
  ];
}

function knownHostsLines(text: string | undefined, { knownHosts }: ClientFiles): readonly string[] {
  if (text === undefined) return [];
  return [`UserKnownHostsFile ${knownHosts}`, 'GlobalKnownHostsFile /dev/null'];
}

function identityLines(
  identity: OpensshOptions['identity'],
  { agent }: ClientFiles,
): readonly string[] {
  switch (identity.kind) {
    case 'keys':
      // An agent's keys go before those of files; `none` stands in for the files that are tried by default.
      return [
        `IdentityAgent ${agent}`,
        'IdentitiesOnly no',
        'IdentityFile none',
        'PreferredAuthentications publickey',
      ];
    case 'file':
      return [`IdentityFile ${quoted(identity.path)}`, 'IdentitiesOnly yes'];
    case 'configured':
      return [];
  }
}

/** As ssh_config(5) reads a path: `%` begins a token, `${` a variable. */
function quoted(path: string): string {
  return `"${path.replaceAll('%', '%%').replace(/["\\]/g, '\\$&')}"`;
}

/**
 * Words that start a client which connects, says `ready` and its user on standard output once it is let in, and then serves its control
 * socket. What is here and not in the configuration is for this host alone, and not for those on the way.
 */
export function clientArguments(options: OpensshOptions, files: ClientFiles): readonly string[] {
  const { host, port, user, hostKeys } = options;
  const pinned = [
    ...['-o', `UserKnownHostsFile=${files.pinned}`, '-o', 'GlobalKnownHostsFile=/dev/null'],
    ...['-o', `HostKeyAlias=${PINNED_NAME}`],
  ];
  return [
    ...['ssh', '-F', files.configuration, '-N', '-T', '-M', '-S', files.control],
    ...['-o', 'PermitLocalCommand=yes', '-o', "LocalCommand=echo 'ready %r'"],
    ...(hostKeys.pinned === undefined ? [] : pinned),
    ...(port === DEFAULT_PORT ? [] : ['-p', `${port}`]),
    ...(user === undefined ? [] : ['-l', user]),
    ...['--', host],
  ];
}

/** Not said, so that the configuration may have another. */
const DEFAULT_PORT = 22;

/** Lines of known_hosts for a pinned key; what is revoked stays so. */
export function pinnedLines({ trusted, revoked }: HostKeys): string {
  const lines = [
    ...trusted.map(({ type, base64 }) => `${PINNED_NAME} ${type} ${base64}`),
    ...revoked.map(({ type, base64 }) => `@revoked ${PINNED_NAME} ${type} ${base64}`),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** Of a text that a person wrote, as the client reads it: lines that end as they do on Unix. */
export function knownHostsFile(text: string): string {
  return `${text.split(/\r?\n|\r/).join('\n')}\n`;
}
