import type { NixConfSetting } from '../nix/nix-conf-lines.ts';
import type { NixSettings } from '../nix/settings.ts';
import type { DaemonOptions, Trust } from '../store/store.ts';

/** What the user asked of whoever builds. What is undefined stays as that machine has it. */
export interface BuildOptions {
  readonly keepGoing: boolean | undefined;
  readonly maxJobs: number | undefined;
  readonly cores: number | undefined;
  /** Seconds. */
  readonly timeout: number | undefined;
  /** Seconds. */
  readonly maxSilentTime: number | undefined;
  /** Further Nix settings by name. */
  readonly settings: ReadonlyMap<string, string>;
}

/** How much a daemon tells while it builds. */
export interface Logging {
  /** Nix's verbosity, 0 (error) to 7 (vomit). */
  readonly verbosity: number;
  /** Whether it tells what builds print. */
  readonly verboseBuild: boolean;
}

/** What a daemon does by itself: Nix's defaults. */
export const DEFAULT_LOGGING: Logging = { verbosity: 3, verboseBuild: true };

export type ChannelKind = 'socket' | 'exec';

/** How options reach the daemon that builds. */
export interface OptionDelivery {
  /** To be sent by op SetOptions; undefined if nothing is to be sent. */
  readonly setOptions: DaemonOptions | undefined;
  /** Names of inputs that cannot arrive there. */
  readonly undeliverable: readonly string[];
}

/**
 * The options as arguments of `nix-daemon --stdio`: they reach the building daemon from Nix 2.20 on, and before it for
 * root and single-user stores (measured on 2.8.0, 2.26.3, 2.34.8).
 */
export function daemonArguments(options: BuildOptions): readonly string[] {
  return [
    ...(options.keepGoing === true ? ['--keep-going'] : []),
    ...(options.keepGoing === false ? ['--option', 'keep-going', 'false'] : []),
    ...numeric('--max-jobs', options.maxJobs),
    ...numeric('--cores', options.cores),
    ...numeric('--timeout', options.timeout),
    ...numeric('--max-silent-time', options.maxSilentTime),
    ...[...options.settings].flatMap(([name, value]) => ['--option', name, value]),
  ];
}

/**
 * Decides how options travel. SetOptions has no "leave alone" value: it overwrites the daemon's `max-jobs` and `cores`, so it is
 * sent only when something was asked for, and only when the remote's own values are known for the rest.
 *
 * @param settings undefined where `nix config show` may not run on the remote (a forced command): then arguments of ours did
 *   not get there either.
 */
export function deliverOptions(
  options: BuildOptions,
  channel: ChannelKind,
  nixVersion: string | undefined,
  settings: NixSettings | undefined,
  logging: Logging = DEFAULT_LOGGING,
): OptionDelivery {
  const asked = askedNames(options);
  if (asked.length === 0 && isDefault(logging)) {
    return { setOptions: undefined, undeliverable: [] };
  }
  if (channel === 'exec' && settings && !splicesRawBytes(nixVersion)) {
    return { setOptions: undefined, undeliverable: [] };
  }
  const complete = fillOptions(options, settings, logging);
  const heard = channel === 'socket' || splicesRawBytes(nixVersion);
  if (!heard || !complete) return { setOptions: undefined, undeliverable: asked };
  return { setOptions: complete, undeliverable: [] };
}

/**
 * Names of `build-options` that a daemon ignores, because it does not trust us. Some versions warn of it where we cannot read
 * it, and 2.8 not at all.
 */
export function ignoredSettings(options: BuildOptions, trust: Trust): readonly string[] {
  if (trust !== 'untrusted') return [];
  return [...options.settings.keys()].filter((name) => !UNRESTRICTED.has(name));
}

/** Says of a daemon that it does not heed {@link ignoredSettings}. */
export function ignoredText(label: string, names: readonly string[]): string {
  const verb = names.length === 1 ? 'is' : 'are';
  return (
    `build-options: ${names.join(', ')} ${verb} heeded for trusted users only, and ${label} does not trust this one. ` +
    `Set ${names.length === 1 ? 'it' : 'them'} in nix.conf there, or build as one of its trusted-users.`
  );
}

/** Settings with a field of their own in SetOptions. */
const POSITIONAL: ReadonlySet<string> = new Set([
  'keep-failed',
  'keep-going',
  'fallback',
  'max-jobs',
  'cores',
  'substitute',
]);

/** What anybody may set (daemon.cc, ClientSettings::apply): some settings by name, and those with a field of their own. */
export const UNRESTRICTED: ReadonlySet<string> = new Set([
  'timeout',
  'max-silent-time',
  'build-poll-interval',
  'connect-timeout',
  ...POSITIONAL,
]);

/** The options as settings of nix.conf, but for the number of jobs. */
export function confSettings({
  keepGoing,
  cores,
  timeout,
  maxSilentTime,
  settings,
}: BuildOptions): readonly NixConfSetting[] {
  const all: readonly (readonly [string, boolean | number | string | undefined])[] = [
    ['keep-going', keepGoing],
    ['cores', cores],
    ['timeout', timeout],
    ['max-silent-time', maxSilentTime],
    ...settings,
  ];
  return all.flatMap(([name, value]) =>
    value === undefined ? [] : [{ name, value: String(value) }],
  );
}

/** Equal for options that ask for the same. */
export function optionsKey(options: BuildOptions): string {
  return JSON.stringify(daemonArguments(options));
}

/** Names of the inputs that ask for something, as they are spelled in action.yml. */
export function askedNames(options: BuildOptions): readonly string[] {
  return [
    ...(options.keepGoing === undefined ? [] : ['keep-going']),
    ...(options.maxJobs === undefined ? [] : ['max-jobs']),
    ...(options.cores === undefined ? [] : ['cores']),
    ...(options.timeout === undefined ? [] : ['timeout']),
    ...(options.maxSilentTime === undefined ? [] : ['max-silent-time']),
    ...(options.settings.has('keep-failed') ? ['keep-failed'] : []),
    ...([...options.settings.keys()].some((name) => name !== 'keep-failed')
      ? ['build-options']
      : []),
  ];
}

/**
 * Below 2.20 `nix-daemon --stdio` of an ordinary user passes bytes on unread, so SetOptions arrives and its own arguments do
 * not; since then it reads each operation and keeps SetOptions to itself (nix/unix/daemon.cc, PR 7912).
 */
function splicesRawBytes(nixVersion: string | undefined): boolean {
  const match = /^(\d+)\.(\d+)/.exec(nixVersion ?? '');
  return match !== null && Number(match[1]) === 2 && Number(match[2]) < 20;
}

function fillOptions(
  options: BuildOptions,
  settings: NixSettings | undefined,
  { verbosity, verboseBuild }: Logging,
): DaemonOptions | undefined {
  // An untrusted client's fields are heeded where the same settings by name are not.
  const wanted = new Map([...(settings ?? []), ...options.settings]);
  const maxBuildJobs = options.maxJobs ?? jobs(wanted);
  const buildCores = options.cores ?? number(wanted, 'cores');
  if (maxBuildJobs === undefined || buildCores === undefined) return undefined;
  const overrides = new Map([...options.settings].filter(([name]) => !POSITIONAL.has(name)));
  // Only the override sets the time-out; for the silence 2.8.0 hears only the positional field, so that one is below.
  if (options.timeout !== undefined) overrides.set('timeout', String(options.timeout));
  return {
    keepFailed: isTrue(wanted.get('keep-failed')),
    keepGoing: options.keepGoing ?? isTrue(wanted.get('keep-going')),
    tryFallback: isTrue(wanted.get('fallback')),
    verbosity,
    verboseBuild,
    maxBuildJobs,
    maxSilentTime: options.maxSilentTime ?? number(wanted, 'max-silent-time') ?? 0,
    buildCores,
    useSubstitutes: isTrue(wanted.get('substitute') ?? 'true'),
    overrides,
  };
}

function isDefault({ verbosity, verboseBuild }: Logging): boolean {
  return verbosity === DEFAULT_LOGGING.verbosity && verboseBuild === DEFAULT_LOGGING.verboseBuild;
}

/** Nix's spellings (config.cc, `parseBool`). */
function isTrue(text: string | undefined): boolean {
  return text === 'true' || text === 'yes' || text === '1';
}

function jobs(settings: NixSettings): number | undefined {
  // `auto` is answered as the number it stands for in all versions seen; if not, it is not known here.
  return number(settings, 'max-jobs');
}

function number(settings: NixSettings, name: string): number | undefined {
  const text = settings.get(name);
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

function numeric(flag: string, value: number | undefined): readonly string[] {
  return value === undefined ? [] : [flag, String(value)];
}
