import os from 'node:os';
import { readDaemonSettings } from '../nix/local-settings.ts';
import { baseName, parseNixConf, type NixConfSetting } from '../nix/nix-conf-lines.ts';
import type { GivenConf } from '../nix/nix-conf.ts';
import type { NixSettings } from '../nix/settings.ts';
import type { LocalStore } from '../store/local-store.ts';
import { UNRESTRICTED, type BuildOptions } from './daemon-options.ts';
import { isTrustedByLocal } from './local-trust.ts';
import type { StepContext } from './step-request.ts';

/** Settings that whoever builds and imports goes by: with a daemon that is the daemon, which heeds them from trusted users only. */
const OF_DAEMON: ReadonlySet<string> = new Set([
  ...['substituters', 'trusted-substituters', 'trusted-public-keys', 'require-sigs'],
  ...['always-allow-substitutes', 'max-substitution-jobs', 'hashed-mirrors', 'secret-key-files'],
  ...['sandbox', 'sandbox-paths', 'sandbox-fallback', 'sandbox-build-dir', 'sandbox-dev-shm-size'],
  ...['allowed-impure-host-deps', 'filter-syscalls', 'allow-new-privileges', 'impure-env'],
  ...['system', 'extra-platforms', 'system-features', 'builders', 'builders-use-substitutes'],
  ...['build-hook', 'build-dir', 'build-users-group', 'use-cgroups', 'auto-allocate-uids'],
  ...['pre-build-hook', 'post-build-hook', 'diff-hook', 'run-diff-hook', 'max-build-log-size'],
  ...['keep-build-log', 'compress-build-log', 'keep-outputs', 'keep-derivations', 'min-free'],
  ...['max-free', 'auto-optimise-store', 'fsync-metadata', 'trusted-users', 'allowed-users'],
]);

/** Those of `extra-nix-config`, by their names of today. */
function settingsIn(extraConfig: string): readonly NixConfSetting[] {
  const settings = parseNixConf(extraConfig, 'extra-nix-config');
  return settings.map(({ name, value }) => ({ name: baseName(name), value }));
}

/**
 * The options for a session of ours, with what the user gave put over them, as Nix's own clients send it to a daemon. What concerns
 * clients alone, tokens among it, stays here.
 * @param inForce the settings as they are with what was given
 */
export function withGivenConf(
  options: BuildOptions,
  extraConfig: string,
  inForce: NixSettings | undefined,
): BuildOptions {
  const names = new Set(settingsIn(extraConfig).map(({ name }) => name));
  const unlessGiven = <T>(name: string, value: T): T | undefined =>
    names.has(name) ? undefined : value;
  const given = [...names]
    .filter((name) => OF_DAEMON.has(name) || UNRESTRICTED.has(name))
    .map((name) => [name, inForce?.get(name)] as const)
    .filter((entry): entry is readonly [string, string] => entry[1] !== undefined);
  return {
    keepGoing: unlessGiven('keep-going', options.keepGoing),
    maxJobs: unlessGiven('max-jobs', options.maxJobs),
    cores: unlessGiven('cores', options.cores),
    timeout: unlessGiven('timeout', options.timeout),
    maxSilentTime: unlessGiven('max-silent-time', options.maxSilentTime),
    settings: new Map([...options.settings, ...given]),
  };
}

/**
 * Which of them a daemon ignores that does not trust us (daemon.cc, ClientSettings::apply).
 * @param daemon the daemon's own settings; undefined if they could not be read
 */
export function unheardSettings(
  given: readonly NixConfSetting[],
  daemon: NixSettings | undefined,
): readonly string[] {
  const words = (text = ''): readonly string[] => text.split(/\s+/).filter(Boolean);
  const allowed = new Set(
    ['substituters', 'trusted-substituters'].flatMap((name) => words(daemon?.get(name))),
  );
  const isHeard = ({ name, value }: NixConfSetting): boolean =>
    (name === 'substituters' && words(value).every((each) => allowed.has(each))) ||
    (name === 'builders' && value === '');
  return [...new Set(given.filter((each) => !isHeard(each)).map(({ name }) => name))];
}

/** Warns of what has no effect, where the local daemon takes orders from others than us. */
export async function warnOfUnheard(
  { extraConfig }: GivenConf,
  local: LocalStore,
  context: Pick<StepContext, 'env' | 'signal' | 'user' | 'observe'>,
): Promise<void> {
  const given = settingsIn(extraConfig).filter(({ name }) => OF_DAEMON.has(name));
  if (given.length === 0 || (await isTrustedByLocal(local, context))) return;
  const { env, signal, user, observe } = context;
  const daemon = await readDaemonSettings({
    nix: 'nix',
    env,
    signal,
    workingDirectory: os.tmpdir(),
  });
  const names = unheardSettings(given, daemon);
  if (names.length === 0) return;
  const text =
    `extra-nix-config: the local Nix daemon does not trust user '${user}', and ignores what it says of ${names.join(', ')}. ` +
    'Set that in /etc/nix/nix.conf on this runner.';
  observe({ kind: 'warning', text });
}
