import { describe, expect, test } from 'vitest';
import { parseInstallable } from '../../src/domain/installable.ts';
import type { GitTree } from '../../src/nix/git-tree.ts';
import { parseNixConf } from '../../src/nix/nix-conf-lines.ts';
import { seesCommit } from '../../src/plan/commit-in-sight.ts';
import { fingerprintOf, type EvaluationFacts } from '../../src/plan/fingerprint.ts';
import {
  obstacleInRequest,
  obstacleInSettings,
  obstacleInTree,
  settingsOfEvaluation,
  variablesOfEvaluation,
  type AskedToSkip,
} from '../../src/plan/skipping.ts';

const flakes = (...texts: readonly string[]) =>
  texts.map((text) => parseInstallable(text, 'flake'));

const ASKED: AskedToSkip = {
  mode: 'remote-store',
  source: { kind: 'flake' },
  installables: flakes('.', '.#checks', './sub#a^*', '/srv/other#b'),
  evalArgs: [],
  wantedBack: false,
  rebuild: false,
  isPushed: false,
  isSealed: true,
};

const TREE: GitTree = {
  tree: 'a'.repeat(40),
  commit: 'b'.repeat(40),
  isShallow: true,
  folder: '',
  difference: undefined,
  flakeText: '{ outputs = { self }: { }; }',
  lockText: undefined,
};

function lock(locked: object, more: object = {}): string {
  const nodes = { root: { inputs: { lib: 'lib' } }, lib: { locked, ...more } };
  return JSON.stringify({ version: 7, root: 'root', nodes });
}

const GITHUB = { type: 'github', owner: 'o', repo: 'r', rev: 'c'.repeat(40), narHash: 'sha256-x' };

describe('what is asked for', () => {
  test('flakes of the checkout, built in stores', () => {
    expect(obstacleInRequest(ASKED)).toBeUndefined();
    expect(obstacleInRequest({ ...ASKED, mode: 'auto' })).toBeUndefined();
  });

  test.each<readonly [string, Partial<AskedToSkip>, RegExp]>([
    ['mode builders', { mode: 'builders' }, /mode builders/],
    ['mode local', { mode: 'local' }, /mode local/],
    ['a file', { source: { kind: 'file', file: 'a.nix' } }, /file is given/],
    ['an expression', { source: { kind: 'expr', expr: '1' } }, /expr is given/],
    ['arguments', { evalArgs: ['--impure'] }, /eval-args/],
    ['copies', { wantedBack: true }, /copied back/],
    ['a comparison', { rebuild: true }, /built again/],
    ['other stores', { isPushed: true }, /pushed/],
    ['no seal', { isSealed: false }, /private key/],
    ['a path: flake', { installables: flakes('.', 'path:.#a') }, /path:\.#a names no flake/],
    ['a flake in the registry', { installables: flakes('nixpkgs#hello') }, /nixpkgs#hello/],
    ['a flake elsewhere', { installables: flakes('github:o/r#a') }, /github:o\/r#a/],
    ['submodules asked for', { installables: flakes('.?submodules=1#a') }, /submodules=1/],
    ['a path in the store', { installables: flakes(`/nix/store/${'a'.repeat(32)}-a`) }, /-a names/],
  ])('against it: %s', (_, change, why) => {
    expect(obstacleInRequest({ ...ASKED, ...change })).toMatch(why);
  });
});

describe('the work tree', () => {
  test.each([
    ['without inputs', undefined],
    ['with locked inputs', lock(GITHUB)],
    ['with an input that is locked by its content alone', lock({ type: 'tarball', narHash: 'x' })],
    ['with an input in the tree', lock({ type: 'path', path: './lib' })],
  ])('that may be skipped: %s', (_, lockText) => {
    expect(obstacleInTree({ ...TREE, lockText })).toBeUndefined();
  });

  test.each<readonly [string, Partial<GitTree>, RegExp]>([
    ['changes', { difference: 'changes' }, /not committed/],
    ['submodules', { difference: 'submodules' }, /submodules/],
    ['filters', { difference: 'filters' }, /LFS/],
    ['hidden files', { difference: 'hidden' }, /sparse checkout, skip-worktree/],
    ['ends of lines', { difference: 'line-ends' }, /core\.autocrlf/],
    ['no flake', { flakeText: undefined }, /flake\.nix is not committed/],
    ['an absolute path', { lockText: lock({ type: 'path', path: '/a', narHash: 'x' }) }, /outside/],
    ['a path that leads out', { lockText: lock({ type: 'path', path: './a/../..' }) }, /outside/],
    ['an input of the registry', { lockText: lock({ type: 'indirect', id: 'nixpkgs' }) }, /'lib'/],
    ['an input that is not locked', { lockText: lock({ type: 'git', url: 'x' }) }, /not locked/],
    ['an input without anything', { lockText: lock({}, { locked: undefined }) }, /cannot be read/],
    ['another format', { lockText: '{"version":8,"root":"root","nodes":{}}' }, /version/],
    ['a damaged lock file', { lockText: '<<<<<<< HEAD' }, /cannot be read/],
  ])('against it: %s', (_, change, why) => {
    expect(obstacleInTree({ ...TREE, ...change })).toMatch(why);
  });
});

describe('settings', () => {
  test('of impure evaluation are against it', () => {
    const of = (text: string) => obstacleInSettings(parseNixConf(text, 'test'));
    expect(of('cores = 2\npure-eval = true')).toBeUndefined();
    expect(of('cores = 2\npure-eval = false')).toMatch(/pure-eval/);
  });

  test.each([
    ['allow-unsafe-native-code-during-evaluation = true', /allow-unsafe-native-code/],
    ['plugin-files = /a.so', /plugin-files/],
    ['extra-plugin-files = /a.so', /plugin-files/],
    ['experimental-features = flakes impure-derivations', /impure-derivations/],
    ['extra-experimental-features = impure-derivations', /impure-derivations/],
    ['allow-unsafe-native-code-during-evaluation = false\nplugin-files =', undefined],
    ['experimental-features = flakes ca-derivations', undefined],
  ])('that let a pure evaluation be another each time: %s', (text, why) => {
    const reason = obstacleInSettings(parseNixConf(`cores = 2\n${text}`, 'test'));
    if (why) expect(reason).toMatch(why);
    else expect(reason).toBeUndefined();
  });

  test('and variables that Nix itself reads', () => {
    const env = { PATH: '/bin', NIX_ABORT_ON_WARN: '1', NIX_STORE_DIR: '/s', NIX_REMOTE: 'daemon' };
    const expected = ['NIX_ABORT_ON_WARN=1', 'NIX_STORE_DIR=/s'];
    expect(variablesOfEvaluation(env)).toEqual(expected);
    expect(variablesOfEvaluation({ PATH: '/bin' })).toEqual([]);
  });

  test('that differ from run to run and change nothing are left out', () => {
    const text = 'access-tokens = github.com=secret\nextra-substituters = x\nrestrict-eval = true';
    expect(settingsOfEvaluation(parseNixConf(text, 'test'))).toEqual(['restrict-eval = true']);
    const features =
      'extra-experimental-features = flakes pipe-operators\nexperimental-features = flakes';
    const expected = ['extra-experimental-features = pipe-operators'];
    expect(settingsOfEvaluation(parseNixConf(features, 'test'))).toEqual(expected);
  });
});

describe('a flake sees its commit', () => {
  test.each([
    ['{ outputs = { self }: { }; }', false],
    ['{ outputs = { self, nixpkgs, ... }:\n let x = ./.; in { }; }', false],
    ['{ outputs = { nixpkgs, ... }: { }; }', false],
    ['{ outputs = { self }: { a = derivation { outputs = [ "out" ]; }; }; }', false],
    ['{ outputs = { self }: { a = self.rev; }; }', true],
    ['{ outputs = { self, lib }: import ./a.nix { inherit self lib; }; }', true],
    ['{ outputs = inputs: { }; }', true],
    ['{ outputs = inputs@{ self, ... }: { }; }', true],
    ['{ outputs = { self, ... }@inputs: import ./a.nix inputs; }', true],
    ['{ outputs = { self, lib ? self.lib }: { }; }', true],
    ['{ outputs = import ./outputs.nix; }', true],
    ['{ /* outputs = { self }: x */ outputs = inputs: inputs.x; }', true],
    ['', true],
  ])('%s: %s', (text, isSeen) => {
    expect(seesCommit(text)).toBe(isSeen);
  });
});

describe('a fingerprint', () => {
  const FACTS: EvaluationFacts = {
    installables: [{ text: '.#a', tree: TREE }],
    system: undefined,
    runnerSystem: 'x86_64-linux',
    nix: 'nix (Nix) 2.34.8',
    settings: [],
    variables: [],
    stores: ['ssh-ng://ci@builder'],
  };
  const of = (change: Partial<EvaluationFacts>) => fingerprintOf({ ...FACTS, ...change });
  const ofTree = (change: Partial<GitTree>) =>
    of({ installables: [{ text: '.#a', tree: { ...TREE, ...change } }] });

  test('is the same for the same', () => {
    expect(of({})).toBe(of({ stores: [...FACTS.stores] }));
    expect(of({})).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each<readonly [string, string]>([
    ['tree', ofTree({ tree: 'd'.repeat(40) })],
    ['folder', ofTree({ folder: 'sub' })],
    ['installable', of({ installables: [{ text: '.#b', tree: TREE }] })],
    [
      'number of installables',
      of({ installables: [...FACTS.installables, ...FACTS.installables] }),
    ],
    ['system', of({ system: 'aarch64-linux' })],
    ['system of the runner', of({ runnerSystem: 'aarch64-linux' })],
    ['Nix', of({ nix: 'nix (Determinate Nix 3.8.5) 2.34.8' })],
    ['variable', of({ variables: ['NIX_ABORT_ON_WARN=1'] })],
    ['setting', of({ settings: ['restrict-eval = true'] })],
    ['store', of({ stores: ['ssh-ng://ci@other'] })],
  ])('is another for another %s', (_, other) => {
    expect(other).not.toBe(of({}));
  });

  test('is another for another commit where the flake sees that, or an input does', () => {
    const sees = { flakeText: '{ outputs = inputs: { }; }' };
    const back = { lockText: lock(GITHUB, { inputs: { project: [] } }) };
    const beside = { lockText: lock({ type: 'path', path: './lib' }) };
    const other = { commit: 'd'.repeat(40) };
    expect(ofTree(other)).toBe(ofTree({}));
    expect(ofTree({ ...sees, ...other })).not.toBe(ofTree(sees));
    expect(ofTree({ ...back, ...other })).not.toBe(ofTree(back));
    expect(ofTree({ ...beside, ...other })).not.toBe(ofTree(beside));
    expect(ofTree({ ...sees, isShallow: false })).not.toBe(ofTree(sees));
  });
});
