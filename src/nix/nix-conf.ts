import { ActionError } from '../domain/errors.ts';
import { parseNixConf, type NixConfSetting } from './nix-conf-lines.ts';

/** Where a token gives access, for flake inputs that Nix downloads. */
export interface AccessToken {
  /** `github.com`, or the host of a GitHub Enterprise Server. */
  readonly host: string;
  /** A secret. */
  readonly token: string;
}

/** What Nix is to be told; what is left out stays as the machine and the user have it. */
export interface NixConfOptions {
  /** Nix's machines format, as printMachines writes it; empty for no builders at all. */
  readonly builders?: string | undefined;
  /** Builds at a time on this machine; with 0 nothing is built here, `preferLocalBuild` notwithstanding. */
  readonly maxJobs?: number | 'auto' | undefined;
  /** Keys that sign what remotes build, `name:base64`; they are added to those that are trusted anyway. */
  readonly publicKeys?: readonly string[] | undefined;
  readonly accessToken?: AccessToken | undefined;
  /** The value of `access-tokens` without us: the tokens for other hosts are kept. A secret. */
  readonly presentAccessTokens?: string | undefined;
  /** Lines of nix.conf that go last (the input `extra-nix-config`). */
  readonly extraConfig?: string | undefined;
}

/** A text of nix.conf. */
export interface NixConf {
  /** May hold a secret. */
  readonly text: string;
  /** The settings of ours that `extraConfig` sets to something else, by their names. */
  readonly overridden: readonly string[];
}

/**
 * Writes a file of ours for every Nix from 2.4 on.
 * @throws ActionError `input-invalid` for lines, keys or a token that nix.conf cannot hold; neither lines nor the token are quoted
 */
export function renderNixConf(options: NixConfOptions): NixConf {
  const ours = settingsOf(options);
  const extra = options.extraConfig ?? '';
  const lines = ours.map(({ name, value }) => `${name} = ${value}`.trimEnd());
  return {
    text: `${[...lines, extra.trimEnd()].filter((line) => line !== '').join('\n')}\n`,
    overridden: overriddenSettings(ours, parseNixConf(extra, 'extra-nix-config')),
  };
}

function settingsOf(options: NixConfOptions): readonly NixConfSetting[] {
  const { builders, maxJobs, publicKeys = [], accessToken } = options;
  return [
    ...(builders === undefined ? [] : builderSettings(builders)),
    ...(maxJobs === undefined ? [] : [{ name: 'max-jobs', value: String(maxJobs) }]),
    ...(publicKeys.length === 0
      ? []
      : [{ name: 'extra-trusted-public-keys', value: publicKeys.map(checkedKey).join(' ') }]),
    ...(accessToken === undefined
      ? []
      : [{ name: 'access-tokens', value: accessTokens(accessToken, options.presentAccessTokens) }]),
  ];
}

/**
 * What Nix is told of machines.
 * @param builders Nix's machines format, as printMachines writes it
 */
export function builderSettings(builders: string): readonly NixConfSetting[] {
  if (builders.includes('#')) {
    throw new ActionError('internal', "a machine for nix.conf holds a '#', which begins a comment");
  }
  const machines = builders.split('\n').map((line) => line.trim());
  return [
    { name: 'builders', value: machines.filter((line) => line !== '').join(' ; ') },
    { name: 'builders-use-substitutes', value: 'true' },
    // Nix looks this often, in seconds, whether a place on a machine is free again; its own value is 5.
    { name: 'build-poll-interval', value: '1' },
  ];
}

/** An Ed25519 key of 32 bytes, as `nix key convert-secret-to-public` prints it. */
const PUBLIC_KEY = /^[^\s:#=]+:[A-Za-z0-9+/]{43}=$/;

function checkedKey(key: string): string {
  if (PUBLIC_KEY.test(key)) return key;
  throw new ActionError('input-invalid', `the public key ${JSON.stringify(key)} is none of Nix's`, {
    hint: 'Write it as Nix prints it: a name, a colon, and 44 characters of base64.',
  });
}

/** An `extra-access-tokens` would leave the token that is there for the same host. */
function accessTokens({ host, token }: AccessToken, present = ''): string {
  if (!/^[^\s#=]+$/.test(host) || !/^[^\s#]+$/.test(token)) {
    throw new ActionError(
      'input-invalid',
      `the access token for ${JSON.stringify(host)} is empty or holds a character that no token has`,
      { hint: 'Give the token alone, without blanks or line ends in it.' },
    );
  }
  const others = present
    .split(/\s+/)
    .filter((entry) => entry !== '' && !entry.startsWith(`${host}=`));
  return [`${host}=${token}`, ...others].join(' ');
}

/** Older names that Nix still reads. */
const ALIASES: Readonly<Record<string, string>> = {
  'build-max-jobs': 'max-jobs',
  'binary-cache-public-keys': 'trusted-public-keys',
};

/**
 * Which of our settings later ones replace by another value.
 * @returns their names without `extra-`, each once
 */
export function overriddenSettings(
  ours: readonly NixConfSetting[],
  later: readonly NixConfSetting[],
): readonly string[] {
  const replaced = later.filter(({ name, value }) => {
    const own = ours.find((each) => baseName(each.name) === (ALIASES[name] ?? name));
    return own !== undefined && own.value !== value;
  });
  return [...new Set(replaced.map(({ name }) => ALIASES[name] ?? name))];
}

function baseName(name: string): string {
  return name.replace(/^extra-/, '');
}
