import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtempDisposable, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readGitTree, type GitTree } from '../../src/nix/git-tree.ts';

const run = promisify(execFile);

/** No configuration but the repository's own. */
const ENV = { PATH: process.env['PATH'] ?? '', GIT_CONFIG_GLOBAL: '/dev/null', HOME: '/nowhere' };
const FLAKE = '{ outputs = { self }: { }; }\n';

let parent: Awaited<ReturnType<typeof mkdtempDisposable>>;
let top: string;

async function git(...args: readonly string[]): Promise<string> {
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@localhost'];
  return (await run('git', [...identity, ...args], { cwd: top, env: ENV })).stdout.trim();
}

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(top, name)), { recursive: true });
    await writeFile(path.join(top, name), text);
  }
}

async function commit(files: Readonly<Record<string, string>>): Promise<void> {
  await write(files);
  await git('add', '--all');
  await git('commit', '--quiet', '--message=test');
}

async function read(folder = top, env: NodeJS.ProcessEnv = ENV): Promise<GitTree> {
  const asking = { env, signal: new AbortController().signal, temporaryDirectory: parent.path };
  const told = await readGitTree(folder, asking);
  if (told.kind === 'unknown') throw new Error(told.why);
  return told.tree;
}

beforeEach(async () => {
  parent = await mkdtempDisposable(path.join(os.tmpdir(), 'git-tree-'));
  top = path.join(parent.path, 'work');
  await mkdir(top);
  await git('init', '--quiet', '--initial-branch=main');
  await commit({ 'flake.nix': FLAKE, 'sub/dir/file': '1\n', '.gitignore': 'ignored\n' });
});
afterEach(() => parent.remove());

describe('a clean tree', () => {
  test('is known by the hash of what is committed', async () => {
    expect(await read()).toEqual({
      tree: await git('rev-parse', 'HEAD^{tree}'),
      commit: await git('rev-parse', 'HEAD'),
      isShallow: false,
      folder: '',
      isChanged: false,
      hasSubmodules: false,
      hasFilters: false,
      flakeText: FLAKE.trimEnd(),
      lockText: undefined,
    });
  });

  test('another commit of the same tree', async () => {
    const before = await read();
    await git('commit', '--quiet', '--allow-empty', '--message=again');
    const after = await read();
    expect(after.tree).toBe(before.tree);
    expect(after.commit).not.toBe(before.commit);
  });

  test('with files that git does not know, which Nix does not see', async () => {
    await write({ new: 'x', ignored: 'x', 'flake.lock': '{}' });
    expect(await read()).toMatchObject({ isChanged: false, lockText: undefined });
  });

  test('whose flake is found from a folder below, like Nix does', async () => {
    expect((await read(path.join(top, 'sub/dir'))).folder).toBe('');
    await commit({ 'sub/flake.nix': '{ }\n', 'sub/flake.lock': 'lock\n' });
    const expected = { folder: 'sub', flakeText: '{ }', lockText: 'lock' };
    expect(await read(path.join(top, 'sub/dir'))).toMatchObject(expected);
    expect((await read()).folder).toBe('');
  });

  test('that is a shallow clone, as actions/checkout makes it', async () => {
    await commit({ more: 'x' });
    const clone = path.join(parent.path, 'clone');
    await git('clone', '--quiet', '--depth=1', `file://${top}`, clone);
    expect(await read(clone)).toEqual({ ...(await read()), isShallow: true });
  });

  test('that is a further work tree of a repository', async () => {
    const further = path.join(parent.path, 'further');
    await git('worktree', 'add', '--quiet', further);
    expect(await read(further)).toEqual(await read());
  });

  test.runIf(process.getuid?.() === 0)("that is another user's, as in a container", async () => {
    await run('chown', ['--recursive', '12345:12345', top]);
    expect((await read()).isChanged).toBe(false);
  });
});

describe('what is not as it was committed', () => {
  test.each<readonly [string, () => Promise<unknown>]>([
    ['a changed file', () => write({ 'sub/dir/file': '2\n' })],
    ['a changed file of the same length and time', () => write({ 'sub/dir/file': '3\n' })],
    ['a file that is gone', () => rm(path.join(top, 'sub/dir/file'))],
    ['a file that can be run now', () => chmod(path.join(top, 'flake.nix'), 0o755)],
    ['a new file that git was told of', () => write({ new: 'x' }).then(() => git('add', 'new'))],
    ['one that it is to know of', () => write({ n: 'x' }).then(() => git('add', '-N', 'n'))],
  ])('%s', async (_, change) => {
    await change();
    expect((await read()).isChanged).toBe(true);
    expect((await read(path.join(top, 'sub/dir').replace(/\/dir$/, ''))).isChanged).toBe(true);
  });
});

describe('what else Nix may see otherwise', () => {
  test('submodules', async () => {
    await commit({ '.gitmodules': '[submodule "a"]\n\tpath = a\n\turl = ./a\n' });
    expect((await read()).hasSubmodules).toBe(true);
  });

  test.each(['filter=lfs', 'export-subst'])('files with the attribute %s', async (attribute) => {
    await commit({ '.gitattributes': `file ${attribute}\n` });
    expect((await read()).hasFilters).toBe(true);
  });

  test('a filter that only this repository knows of', async () => {
    await write({ '.git/info/attributes': 'sub/** filter=secret\n' });
    expect((await read()).hasFilters).toBe(true);
  });

  test('attributes that no file has', async () => {
    await commit({ '.gitattributes': '*.bin filter=lfs\n*.sh text\n' });
    expect((await read()).hasFilters).toBe(false);
  });

  test('a flake that is not committed', async () => {
    await git('rm', '--quiet', '--cached', 'flake.nix');
    await git('commit', '--quiet', '--message=without');
    expect((await read()).flakeText).toBeUndefined();
  });
});

describe('what cannot be told', () => {
  test('outside of a repository', async () => {
    await expect(read(parent.path)).rejects.toThrow(/git says: not a git repository/);
  });

  test('without a commit', async () => {
    const folder = path.join(parent.path, 'empty');
    await git('init', '--quiet', folder);
    await expect(read(folder)).rejects.toThrow(/git says: ambiguous argument 'HEAD'/);
  });

  test('without git', async () => {
    await expect(read(top, { PATH: '/nowhere' })).rejects.toThrow(/there is no git/);
  });
});
