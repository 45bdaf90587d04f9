import { ActionError } from '../domain/errors.ts';
import { withAccessToken, type AccessToken } from './access-tokens.ts';
import { baseName, parseNixConf, type NixConfSetting } from './nix-conf-lines.ts';

/** What the user has Nix on the runner told, by inputs of the step. */
export interface GivenConf {
  readonly accessToken: AccessToken | undefined;
  /** Lines of nix.conf that go last (the input `extra-nix-config`); they may hold secrets. */
  readonly extraConfig: string;
}

/** What Nix is to be told; what is left out stays as the machine and the user have it. */
export interface NixConfOptions extends Partial<GivenConf> {
  /** Nix's machines format, as printMachines writes it; empty for no builders at all. */
  readonly builders?: string | undefined;
  /** Builds at a time on this machine; with 0 nothing is built here, `preferLocalBuild` notwithstanding. */
  readonly maxJobs?: number | 'auto' | undefined;
  /** Further settings of ours. */
  readonly settings?: readonly NixConfSetting[] | undefined;
  /** Keys that sign what remotes build, `name:base64`; they are added to those that are trusted anyway. */
  readonly publicKeys?: readonly string[] | undefined;
  /** The value of `access-tokens` without us: the tokens for other hosts are kept. A secret. */
  readonly presentAccessTokens?: string | undefined;
}

/** A text of nix.conf. */
export interface NixConf {
  /** May hold a secret. */
  readonly text: string;
  /** What of it is ours, without the user's lines. */
  readonly ours: readonly NixConfSetting[];
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
    ours,
    overridden: overriddenSettings(ours, parseNixConf(extra, 'extra-nix-config')),
  };
}

function settingsOf(options: NixConfOptions): readonly NixConfSetting[] {
  const { builders, maxJobs, settings = [], publicKeys = [], accessToken } = options;
  return [
    ...(builders === undefined ? [] : builderSettings(builders)),
    ...(maxJobs === undefined ? [] : [{ name: 'max-jobs', value: String(maxJobs) }]),
    ...settings,
    ...(publicKeys.length === 0
      ? []
      : [{ name: 'extra-trusted-public-keys', value: publicKeys.map(checkedKey).join(' ') }]),
    ...(accessToken === undefined
      ? []
      : [
          {
            name: 'access-tokens',
            value: withAccessToken(accessToken, options.presentAccessTokens),
          },
        ]),
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

/**
 * Which of our settings later ones replace by another value.
 * @returns their names without `extra-`, each once
 */
export function overriddenSettings(
  ours: readonly NixConfSetting[],
  later: readonly NixConfSetting[],
): readonly string[] {
  const replaced = later.filter(({ name, value }) => {
    if (name.startsWith('extra-')) return false;
    const own = ours.find((each) => baseName(each.name) === baseName(name));
    return own !== undefined && own.value !== value;
  });
  return [...new Set(replaced.map(({ name }) => baseName(name)))];
}
