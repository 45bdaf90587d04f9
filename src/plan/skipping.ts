import type { Installable } from '../domain/installable.ts';
import { baseName, type NixConfSetting } from '../nix/nix-conf-lines.ts';
import type { TreeDifference } from '../nix/git-difference.ts';
import type { GitTree } from '../nix/git-tree.ts';
import type { EvaluationSource } from '../nix/walk-root.ts';
import { readLockFile } from './flake-lock.ts';

/** What a step is asked for, as far as it matters to whether its evaluation may be skipped. */
export interface AskedToSkip {
  readonly mode: 'auto' | 'remote-store' | 'builders' | 'local';
  readonly source: EvaluationSource;
  readonly installables: readonly Installable[];
  readonly evalArgs: readonly string[];
  /** Whether any output is to be copied back. */
  readonly wantedBack: boolean;
  /** Whether all is to be built again. */
  readonly rebuild: boolean;
  /** Whether what is built, or is there already, goes to other stores, or is retained. */
  readonly isPushed: boolean;
  /** Whether what is kept is sealed: nothing else may take the place of an evaluation. */
  readonly isSealed: boolean;
}

/*
 * Each of these says why an evaluation cannot be skipped; undefined where nothing is against it.
 * What they let pass always evaluates to the same: it is pure, and all that it reads is in the fingerprint.
 */

/** Of what is asked for. Costs nothing: no file has to be read. */
export function obstacleInRequest(asked: AskedToSkip): string | undefined {
  const { mode, source, installables, evalArgs, wantedBack, rebuild, isPushed, isSealed } = asked;
  if (mode === 'builders' || mode === 'local') return `in mode ${mode} the runner's store builds`;
  if (source.kind !== 'flake') return `${source.kind} is given, and only a flake is pure and whole`;
  if (evalArgs.length > 0) return 'eval-args are given';
  if (wantedBack) return 'outputs are to be copied back';
  if (rebuild) return 'all is to be built again';
  if (isPushed) return 'outputs are to be pushed or retained';
  const elsewhere = installables.find((each) => !isInFolder(each));
  if (elsewhere) return `${elsewhere.text} names no flake of this checkout`;
  if (!isSealed) return 'nothing can be kept without a cache and a private key to seal it with';
  return undefined;
}

/** Whether it is a flake in a folder, of which Nix takes what git knows: `.#a`, `./sub`; not `path:.`, nor `.?submodules=1`. */
function isInFolder(installable: Installable): boolean {
  if (installable.kind !== 'flake') return false;
  const { flakeRef } = installable;
  return /^(?:$|[./])/.test(flakeRef) && !flakeRef.includes('?');
}

const DIFFERENCES: Readonly<Record<TreeDifference, string>> = {
  submodules: 'the repository has submodules',
  filters: 'git filters files of the repository, as with LFS',
  hidden: 'git does not look at every file (sparse checkout, skip-worktree, assume-unchanged)',
  changes: 'there are changes that are not committed',
  'line-ends': 'files have other ends of lines than were committed (core.autocrlf)',
};

/** Of the work tree that a flake is in. */
export function obstacleInTree(tree: GitTree): string | undefined {
  const { difference, flakeText, lockText } = tree;
  if (difference !== undefined) return DIFFERENCES[difference];
  if (flakeText === undefined) return 'the flake.nix is not committed';
  // Without inputs there is none. Where Nix makes one, there are changes after the evaluation.
  return lockText === undefined ? undefined : readLockFile(lockText).obstacle;
}

/** Of what Nix is told by nix.conf and the like, all of it in order. */
export function obstacleInSettings(settings: readonly NixConfSetting[]): string | undefined {
  const reasons = settings.map(({ name, value }) => impurityOf(baseName(name), value));
  return reasons.find((reason) => reason !== undefined);
}

/** A line that a later one takes back counts as well. */
function impurityOf(name: string, value: string): string | undefined {
  const isOff = name === 'pure-eval' && value !== 'true';
  if (isOff) return 'the setting pure-eval is off';
  const isNative = name === 'allow-unsafe-native-code-during-evaluation' && value !== 'false';
  // What a plugin adds to the language is not in the version of Nix.
  if (isNative || (name === 'plugin-files' && value !== '')) return `the setting ${name} is given`;
  const isFeature = name === 'experimental-features' && value.split(' ').includes(IMPURE_FEATURE);
  return isFeature ? `the experimental feature ${IMPURE_FEATURE} is on` : undefined;
}

/** What such a derivation comes to is another each time, so that there is nothing to keep. */
const IMPURE_FEATURE = 'impure-derivations';

/** Read by Nix itself, whatever the flake asks for: by `builtins.warn`, and for every store path. */
const VARIABLES = ['NIX_ABORT_ON_WARN', 'NIX_STORE_DIR'] as const;

/** Those variables that an evaluation may depend on although it is pure, as `NAME=value`. */
export function variablesOfEvaluation(
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  return VARIABLES.flatMap((name) => (env[name] === undefined ? [] : [`${name}=${env[name]}`]));
}

/** What concerns fetching, building and showing alone. Tokens differ from run to run. */
const OF_NO_CONCERN: ReadonlySet<string> = new Set([
  ...['access-tokens', 'netrc-file', 'ssl-cert-file', 'substitute', 'substituters'],
  ...['trusted-substituters', 'trusted-public-keys', 'require-sigs', 'trusted-users'],
  ...['allowed-users', 'builders', 'builders-use-substitutes', 'build-users-group'],
  ...['max-jobs', 'cores', 'keep-going', 'keep-outputs', 'keep-derivations', 'keep-failed'],
  ...['connect-timeout', 'download-attempts', 'http-connections', 'http2', 'log-lines'],
  ...['show-trace', 'warn-dirty', 'auto-optimise-store', 'min-free', 'max-free'],
  ...[
    'flake-registry',
    'narinfo-cache-negative-ttl',
    'narinfo-cache-positive-ttl',
    'tarball-ttl',
    'bash-prompt',
  ],
  ...['bash-prompt-prefix', 'bash-prompt-suffix', 'sandbox', 'system-features'],
]);

/** What every evaluation here has, set or not. */
const ALWAYS_THERE: ReadonlySet<string> = new Set(['nix-command', 'flakes']);

/** Those of the settings that an evaluation may depend on, as they are written. */
export function settingsOfEvaluation(settings: readonly NixConfSetting[]): readonly string[] {
  return settings
    .filter(({ name }) => !OF_NO_CONCERN.has(baseName(name)))
    .flatMap(({ name, value }) => {
      if (baseName(name) !== 'experimental-features') return [`${name} = ${value}`];
      const others = value.split(' ').filter((word) => word !== '' && !ALWAYS_THERE.has(word));
      return others.length === 0 ? [] : [`${name} = ${others.join(' ')}`];
    });
}
