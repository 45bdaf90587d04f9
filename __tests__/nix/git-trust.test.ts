import { execFile } from 'node:child_process';
import { chown, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localFolder } from '../../src/nix/flake-folder.ts';
import { foreignWorkTrees, trustingEnvironment } from '../../src/nix/git-trust.ts';

const run = promisify(execFile);
const STRANGER = 54_321;

describe('work trees of another user', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'git-trust-test-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  const repository = async (name: string, owner: number): Promise<string> => {
    const tree = path.join(folder, name);
    await mkdir(path.join(tree, 'sub'), { recursive: true });
    await run('git', ['init', '--quiet', tree]);
    await chown(tree, owner, owner);
    return tree;
  };

  it('are found from folders within, with their submodules; ours are not', async () => {
    const ours = await repository('ours', process.getuid?.() ?? 0);
    const theirs = await repository('theirs', STRANGER);
    const inner = await repository('theirs/inner dir', STRANGER);
    const modules = '[submodule "a"]\n\tpath = inner dir\n[submodule "b"]\n\tpath = ../ours\n';
    await writeFile(path.join(theirs, '.gitmodules'), modules);
    const folders = [path.join(theirs, 'sub'), theirs, ours, '/nowhere'];
    expect(await foreignWorkTrees(folders)).toEqual([theirs, inner]);
  });

  it('are found once, though a submodule is a link back to where it is named', async () => {
    const tree = await repository('loop', STRANGER);
    await symlink('.', path.join(tree, 'a'));
    await writeFile(path.join(tree, '.gitmodules'), '[submodule "a"]\n\tpath = a\n');
    expect(await foreignWorkTrees([tree])).toEqual([tree]);
  });

  it('are trusted by git in the environment made, without a change to the configuration', async () => {
    const tree = await repository('odd "name"', STRANGER);
    const home = path.join(folder, 'home');
    await mkdir(path.join(home, '.config/git'), { recursive: true });
    await mkdir(path.join(home, '.config/nix'));
    await writeFile(path.join(home, '.config/nix/nix.conf'), 'cores = 1\n');
    await writeFile(path.join(home, '.config/git/config'), '[user]\n\tname = someone\n');
    const env = { PATH: process.env['PATH'], HOME: home };
    await expect(run('git', ['status'], { cwd: tree, env })).rejects.toThrow('dubious ownership');
    {
      await using trusting = await trustingEnvironment(env, [path.join(tree, 'sub')], folder);
      await run('git', ['status'], { cwd: tree, env: trusting.env });
      const config = trusting.env['XDG_CONFIG_HOME'] ?? '';
      // libgit2 has nothing but the file
      const onlyFile = { ...trusting.env, GIT_CONFIG_COUNT: '0' };
      await run('git', ['status'], { cwd: tree, env: onlyFile });
      expect(await readFile(path.join(config, 'nix/nix.conf'), 'utf8')).toBe('cores = 1\n');
      const { stdout } = await run('git', ['config', 'user.name'], {
        cwd: tree,
        env: trusting.env,
      });
      expect(stdout).toBe('someone\n');
    }
    expect(await readdir(folder)).toEqual(['home', 'odd "name"']);
  });
});

describe('localFolder', () => {
  it.each([
    ['.', '/w'],
    ['', '/w'],
    ['./sub?dir=x', '/w/sub'],
    ['../other', '/other'],
    ['/abs/olute', '/abs/olute'],
    ['path:.', '/w'],
    ['path:/a%20b?narHash=x', '/a b'],
    ['git+file:///a/b?submodules=1', '/a/b'],
    ['git+file:.', '/w'],
    ['.?submodules=1', '/w'],
    ['nixpkgs', undefined],
    ['github:a/b', undefined],
    ['git+ssh://git@example.org/a', undefined],
  ])('of %j is %j', (flakeRef, folder) => {
    expect(localFolder(flakeRef, '/w')).toBe(folder);
  });
});
