import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flakeFiles, type NixHost, startNixHost } from '../../lab/index.ts';
import { TESTED_SUITES } from '../helpers/suites.ts';
import { drvPathsOf, evaluateOn, stockDrvPaths, SYSTEM } from '../helpers/evaluation.ts';

// src = self: so that a file more or less, or a lock file, makes another derivation
const ATTRIBUTES = {
  a: 'sh "a" "echo a > $out"',
  whole: 'shWith "whole" { src = self; } "echo > $out"',
  default: 'sh "default" "echo > $out"',
  'dotted.name': 'sh "dotted" "echo > $out"',
  '7up': 'sh "seven" "echo > $out"',
};

const DEFAULT_NIX = `
{ greeting ? "hi", more ? { }, system ? builtins.currentSystem, ... }:
let d = name: derivation { inherit name system; builder = "/bin/sh"; args = [ "-c" "echo \${greeting} > $out" ]; }; in
{
  a = d "a";
  list = [ (d "first") (d "second") ];
  nested = { suffix ? "x" }: { b = d "b-\${suffix}"; };
  ellipsis = { ... }@args: d "ellipsis-\${builtins.concatStringsSep "-" (builtins.attrNames args)}";
  env = d "env-\${builtins.getEnv "NIXPKGS_ALLOW_UNFREE"}-\${builtins.concatStringsSep "-" (builtins.attrNames more)}";
  found = d "found-\${import <word>}";
}
`;

describe.each(TESTED_SUITES)('derivations are those of nix build, Debian %s:', (suite) => {
  let host: NixHost;

  beforeAll(async () => {
    host = await startNixHost({ suite, name: 'runner' });
  });

  afterAll(async () => {
    await host.stop();
  });

  const git = async (folder: string, ...args: readonly string[]): Promise<void> => {
    const who = ['-c', 'user.name=ci', '-c', 'user.email=ci@example.org'];
    const lax = ['-c', 'protocol.file.allow=always', '-c', 'init.defaultBranch=main'];
    await host.output(['git', ...who, ...lax, ...args], { user: 'ci', cwd: folder });
  };

  /** A committed flake in a repository of its own. */
  const repository = async (folder: string): Promise<void> => {
    await host.write(folder, await flakeFiles(ATTRIBUTES), 'ci');
    await git(folder, 'init', '--quiet');
    await git(folder, 'add', '.');
    await git(folder, 'commit', '--quiet', '--message', 'first');
  };

  const expectStock = async (
    cwd: string,
    installables: readonly string[],
    evalArgs: readonly string[] = [],
    env: Record<string, string> = {},
  ): Promise<void> => {
    const stock = await stockDrvPaths(host, [...evalArgs, ...installables], { cwd, env });
    const ours = await evaluateOn(host, installables, { evalArgs }, { cwd, env });
    expect(drvPathsOf(ours)).toEqual(stock);
  };

  it('a clean tree, with default, quoted and absolute attributes', async () => {
    await repository('/home/ci/clean');
    const quoted = ['.#"dotted.name"', `.#packages.${SYSTEM}."dotted.name"`, '.#7up'];
    await expectStock('/home/ci/clean', ['.', '.#whole', `.#packages.${SYSTEM}.a`, ...quoted]);
    const url = ['git+file:///home/ci/clean#a', '/home/ci/clean#whole', 'path:/home/ci/clean#a'];
    await expectStock('/', url);
  });

  it('a leading dot, for no other place to look (stock Nix knows it from 2.19 on)', async () => {
    const cwd = '/home/ci/clean';
    const stock = await stockDrvPaths(host, [`.#packages.${SYSTEM}.whole`], { cwd });
    const ours = await evaluateOn(host, [`.#.packages.${SYSTEM}.whole`], {}, { cwd });
    expect(drvPathsOf(ours)).toEqual(stock);
  });

  it('a dirty tree, where untracked files do not count', async () => {
    await repository('/home/ci/dirty');
    await expectStock('/home/ci/dirty', ['.#whole']);
    await host.write('/home/ci/dirty', { untracked: 'x' }, 'ci');
    await expectStock('/home/ci/dirty', ['.#whole']);
    await host.write('/home/ci/dirty', { tracked: 'x' }, 'ci');
    await git('/home/ci/dirty', 'add', 'tracked');
    await expectStock('/home/ci/dirty', ['.#whole']);
    await expectStock('/home/ci/dirty', ['path:.#whole', 'path:/home/ci/dirty#whole']);
  });

  it('a flake in a folder of the repository', async () => {
    await host.write('/home/ci/mono/sub', await flakeFiles(ATTRIBUTES), 'ci');
    await repository('/home/ci/mono');
    await expectStock('/home/ci/mono', ['./sub#whole', '.?dir=sub#a', '.#whole']);
    await expectStock('/home/ci/mono/sub', ['.#whole', '../.#a', './bin/..#a']);
  });

  it('submodules, asked for and not', async () => {
    await repository('/home/ci/outer');
    await git('/home/ci/outer', 'submodule', '--quiet', 'add', '/home/ci/clean', 'inner');
    await git('/home/ci/outer', 'commit', '--quiet', '--message', 'submodule');
    const allow = {
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'protocol.file.allow',
      GIT_CONFIG_VALUE_0: 'always',
    };
    await expectStock('/home/ci/outer', ['.#whole', '.?submodules=1#whole'], [], allow);
  });

  it('a shallow clone', async () => {
    await git('/home/ci', 'clone', '--quiet', '--depth=1', 'file:///home/ci/dirty', 'shallow');
    await git('/home/ci/shallow', 'rev-parse', '--is-shallow-repository');
    await expectStock('/home/ci/shallow', ['.#whole']);
  });

  it('a checkout that belongs to another user', async () => {
    await repository('/home/ci/foreign');
    const stock = await stockDrvPaths(host, ['.#whole'], { cwd: '/home/ci/foreign' });
    await host.output(['chown', '-R', 'forced:forced', '/home/ci/foreign']);
    await host.write('/home/ci/.config/git', { config: '[user]\n\tname = ci\n' }, 'ci');
    const ours = await evaluateOn(host, ['.#whole', '.'], {}, { cwd: '/home/ci/foreign' });
    expect(drvPathsOf({ attributes: ours.attributes.slice(0, 1) })).toEqual(stock);
    expect(ours.attributes.map(({ kind }) => kind)).toEqual(['derivation', 'derivation']);
    // and nothing of it remains
    expect(await host.output(['find', '/tmp', '-name', 'git-trust-*'])).toBe('');
    expect(await host.read('/home/ci/.config/git/config')).not.toContain('safe');
  });

  it('inputs: overridden, and locked where there is no lock file yet', async () => {
    const input = { 'flake.nix': '{ outputs = { self }: { word = "one"; }; }' };
    await host.write('/home/ci/one', input, 'ci');
    await host.write('/home/ci/two', { 'flake.nix': '{ outputs = _: { word = "two"; }; }' }, 'ci');
    const flake = `{
      inputs.i.url = "path:/home/ci/one";
      outputs = { self, i }: { x = derivation { name = i.word; src = self; system = "s-s"; builder = "/b"; }; };
    }`;
    for (const folder of ['/home/ci/ours', '/home/ci/stock']) {
      await host.write(folder, { 'flake.nix': flake }, 'ci');
      await git(folder, 'init', '--quiet');
      await git(folder, 'add', '.');
    }
    const stock = await stockDrvPaths(host, ['.#x'], { cwd: '/home/ci/stock' });
    const ours = await evaluateOn(host, ['.#x'], {}, { cwd: '/home/ci/ours' });
    expect(drvPathsOf(ours)).toEqual(stock);
    await expectStock('/home/ci/ours', ['.#x'], ['--override-input', 'i', 'path:/home/ci/two']);
  });

  it('a flake evaluated with --impure', async () => {
    const flake = `{ outputs = _: {
      env = derivation { name = "env-\${builtins.getEnv "GITHUB_SHA"}"; system = builtins.currentSystem; builder = "/b"; };
      packages.${SYSTEM}.env = derivation { name = "package"; system = builtins.currentSystem; builder = "/b"; };
    }; }`;
    await host.write('/home/ci/impure', { 'flake.nix': flake }, 'ci');
    const env = { GITHUB_SHA: 'abc' };
    await expectStock(
      '/home/ci/impure',
      ['path:.#env', 'path:/home/ci/impure#env'],
      ['--impure'],
      env,
    );
  });

  it('a file, with arguments, lists and functions on the way', async () => {
    await host.write('/home/ci/file', { 'default.nix': DEFAULT_NIX, 'word.nix': '"w"' }, 'ci');
    const cwd = '/home/ci/file';
    const args = ['--argstr', 'greeting', 'a "$b" ${c}', '--arg', 'more', '{ x = 1; } # comment'];
    const attributes = ['a', 'list.1', 'nested.b', 'ellipsis', 'env', 'found'];
    const evalArgs = [...args, '-I', 'word=/home/ci/file/word.nix'];
    const env = { NIXPKGS_ALLOW_UNFREE: '1' };
    const stock = await stockDrvPaths(host, ['-f', 'default.nix', ...evalArgs, ...attributes], {
      cwd,
      env,
    });
    const source = { kind: 'file', file: 'default.nix' } as const;
    const ours = await evaluateOn(host, attributes, { source, evalArgs }, { cwd, env });
    expect(drvPathsOf(ours)).toEqual(stock);
    expect(ours.attributes.map(({ attribute }) => attribute)).toEqual(attributes);
  });

  it('an expression, pure as stock', async () => {
    const expr = `{ word ? "w" }: { a.b = derivation { name = word + (builtins.currentSystem or "pure"); system = "s-s"; builder = "/b"; }; }`;
    const source = { kind: 'expr', expr } as const;
    for (const evalArgs of [[], ['--impure'], ['--argstr', 'word', 'v']]) {
      const stock = await stockDrvPaths(host, ['--expr', expr, ...evalArgs, 'a.b']);
      expect(drvPathsOf(await evaluateOn(host, ['a.b'], { source, evalArgs }))).toEqual(stock);
    }
  });

  it('a file that is one derivation', async () => {
    const file = { kind: 'file', file: '/home/ci/file/one.nix' } as const;
    const one = 'derivation { name = "one"; system = "s-s"; builder = "/b"; }';
    await host.write('/home/ci/file', { 'one.nix': one }, 'ci');
    const stock = await stockDrvPaths(host, ['-f', '/home/ci/file/one.nix', '.']);
    expect(drvPathsOf(await evaluateOn(host, ['.'], { source: file }))).toEqual(stock);
  });

  it('a registry name', async () => {
    const registry = JSON.stringify({
      flakes: [
        { from: { type: 'indirect', id: 'mine' }, to: { type: 'path', path: '/home/ci/clean' } },
      ],
      version: 2,
    });
    await host.write('/home/ci', { 'registry.json': registry }, 'ci');
    await expectStock(
      '/',
      ['mine#a', 'mine'],
      ['--option', 'flake-registry', '/home/ci/registry.json'],
    );
  });

  it('the same derivations without a daemon', async () => {
    const options = { user: 'root', cwd: '/home/ci/clean' } as const;
    const direct = await evaluateOn(host, ['path:.#whole'], { localStore: 'local' }, options);
    const through = await evaluateOn(host, ['path:.#whole'], { localStore: 'daemon' }, options);
    expect(drvPathsOf(direct)).toEqual(drvPathsOf(through));
  });

  it('whatever store the environment names', async () => {
    const cwd = '/home/ci/clean';
    const env = { NIX_REMOTE: 'ssh-ng://nowhere.invalid' };
    expect(drvPathsOf(await evaluateOn(host, ['.#a'], {}, { cwd, env }))).toEqual(
      await stockDrvPaths(host, ['.#a'], { cwd }),
    );
  });
});
