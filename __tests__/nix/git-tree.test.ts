import { execFile } from 'node:child_process';
import { access, chmod, mkdir, mkdtempDisposable, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readGitTree, type GitTree } from '../../src/nix/git-tree.ts';

const run = promisify(execFile);

/** No configuration but the repository's own. */
const ENV = { PATH: process.env['PATH'] ?? '', GIT_CONFIG_GLOBAL: '/dev/null', HOME: '/nowhere' };
const FLAKE = '{ outputs = { self }: { }; }\n';

const IS_ROOT = process.getuid?.() === 0;

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
      difference: undefined,
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
    expect(await read()).toMatchObject({ difference: undefined, lockText: undefined });
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

  test('with names that are hard to write, links, and the ends of lines that were committed', async () => {
    await symlink('nowhere', path.join(top, 'link'));
    await commit({ ' "a\\b"': '1', 'ä\nb\r': '2', '"c': '3', 'dos.txt': 'a\r\nb\r\n' });
    expect((await read()).difference).toBeUndefined();
  });

  test.runIf(IS_ROOT)("that is another user's, as in a container", async () => {
    await run('chown', ['--recursive', '12345:12345', top]);
    expect((await read()).difference).toBeUndefined();
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
    expect((await read()).difference).toBe('changes');
    expect((await read(path.join(top, 'sub/dir').replace(/\/dir$/, ''))).difference).toBe(
      'changes',
    );
  });
});

describe('what git status is told not to see', () => {
  const unseen: readonly (readonly [string, string, () => Promise<unknown>])[] = [
    ['a sparse checkout', 'hidden', () => git('sparse-checkout', 'set', 'other')],
    [
      'a changed file with skip-worktree',
      'hidden',
      async () => {
        await git('update-index', '--skip-worktree', 'sub/dir/file');
        await write({ 'sub/dir/file': 'changed\n' });
      },
    ],
    [
      'a changed file with assume-unchanged',
      'hidden',
      async () => {
        await git('update-index', '--assume-unchanged', 'sub/dir/file');
        await write({ 'sub/dir/file': 'changed\n' });
      },
    ],
    [
      'a file that can be run now, with core.fileMode=false',
      'changes',
      async () => {
        await git('config', 'core.fileMode', 'false');
        await chmod(path.join(top, 'flake.nix'), 0o755);
      },
    ],
    [
      'a link that is a file, with core.symlinks=false',
      'changes',
      async () => {
        await symlink('dir/file', path.join(top, 'sub/link'));
        await commit({});
        await git('config', 'core.symlinks', 'false');
        await rm(path.join(top, 'sub/link'));
        await writeFile(path.join(top, 'sub/link'), 'dir/file');
      },
    ],
    [
      'other ends of lines, with core.autocrlf=true',
      'line-ends',
      async () => {
        await git('config', 'core.autocrlf', 'true');
        await rm(path.join(top, 'sub/dir/file'));
        await git('checkout', '--', 'sub/dir/file');
      },
    ],
    [
      'other ends of lines, with the attribute text',
      'line-ends',
      async () => {
        await commit({ '.gitattributes': '* text=auto\n' });
        await write({ 'sub/dir/file': '1\r\n' });
        await git('add', 'sub/dir/file');
      },
    ],
  ];

  test.each(unseen)('%s', async (_, difference, change) => {
    await change();
    expect(await git('status', '--porcelain')).toBe('');
    expect((await read()).difference).toBe(difference);
  });
});

describe('no program of the repository is run', () => {
  let ran: string;

  beforeEach(() => {
    ran = path.join(parent.path, 'ran');
  });

  /** What git runs once it is to compare this file. */
  async function filterIn(folder: string, file: string): Promise<void> {
    await run('git', ['config', 'filter.e.clean', `touch ${ran}; cat`], { cwd: folder, env: ENV });
    await writeFile(path.join(folder, '.git/info/attributes'), '* filter=e\n');
    await writeFile(path.join(folder, file), '3\n');
  }

  test("by a filter, be it another user's", async () => {
    await filterIn(top, 'sub/dir/file');
    if (IS_ROOT) await run('chown', ['--recursive', '12345:12345', top]);
    expect((await read()).difference).toBe('filters');
    await expect(access(ran)).rejects.toThrow('ENOENT');
  });

  test('by a filter of a submodule that .gitmodules does not name', async () => {
    const inner = path.join(top, 'inner');
    await git('clone', '--quiet', top, inner);
    await git('add', 'inner');
    await git('commit', '--quiet', '--message=inner');
    await filterIn(inner, 'sub/dir/file');
    expect((await read()).difference).toBe('submodules');
    await expect(access(ran)).rejects.toThrow('ENOENT');
  });

  test('by a monitor of the file system', async () => {
    await git('config', 'core.fsmonitor', `touch ${ran}; false`);
    expect((await read()).difference).toBeUndefined();
    await expect(access(ran)).rejects.toThrow('ENOENT');
  });

  test('by fetching what a partial clone lacks', async () => {
    await git('config', 'uploadpack.allowFilter', 'true');
    const clone = path.join(parent.path, 'clone');
    const args = ['--quiet', '--filter=blob:none', '--no-checkout', `file://${top}`];
    await git('clone', ...args, clone);
    await run('git', ['config', 'remote.origin.url', 'ssh://nowhere/x'], { cwd: clone, env: ENV });
    await run('git', ['config', 'core.sshCommand', `touch ${ran};`], { cwd: clone, env: ENV });
    await writeFile(path.join(clone, 'flake.nix'), FLAKE);
    await run('git', ['reset', '--quiet'], { cwd: clone, env: ENV }).catch(() => undefined);
    await rm(ran, { force: true });
    await read(clone).catch(() => undefined);
    await expect(access(ran)).rejects.toThrow('ENOENT');
  });
});

describe('what else Nix may see otherwise', () => {
  test('submodules', async () => {
    await commit({ '.gitmodules': '[submodule "a"]\n\tpath = a\n\turl = ./a\n' });
    expect((await read()).difference).toBe('submodules');
  });

  test.each(['filter=lfs', 'export-subst', 'ident', 'working-tree-encoding=ISO-8859-1'])(
    'files with the attribute %s',
    async (attribute) => {
      await commit({ '.gitattributes': `file ${attribute}\n` });
      expect((await read()).difference).toBe('filters');
    },
  );

  test('a filter that only this repository knows of', async () => {
    await write({ '.git/info/attributes': 'sub/** filter=secret\n' });
    expect((await read()).difference).toBe('filters');
  });

  test('attributes that no file has', async () => {
    await commit({ '.gitattributes': '*.bin filter=lfs\n*.sh text\n' });
    expect((await read()).difference).toBeUndefined();
  });

  test('a flake that is not committed', async () => {
    await git('rm', '--quiet', '--cached', 'flake.nix');
    await git('commit', '--quiet', '--message=without');
    expect((await read()).flakeText).toBeUndefined();
  });

  test('a flake that is not committed, below one that is', async () => {
    await write({ 'sub/flake.nix': '{ }\n' });
    const expected = { folder: 'sub', flakeText: undefined, difference: undefined };
    expect(await read(path.join(top, 'sub/dir'))).toMatchObject(expected);
    expect(await read()).toMatchObject({ folder: '', flakeText: FLAKE.trimEnd() });
  });
});

describe('what cannot be told', () => {
  test('outside of a repository', async () => {
    await expect(read(parent.path)).rejects.toThrow(/git says: not a git repository/);
  });

  test('where the repository is told of a work tree elsewhere', async () => {
    const other = path.join(parent.path, 'other');
    await mkdir(other);
    await git('config', 'core.worktree', other);
    await expect(read()).rejects.toThrow("git's work tree is");
  });

  test('where Nix takes a folder for another repository', async () => {
    await mkdir(path.join(top, 'sub/.git'));
    await expect(read(path.join(top, 'sub'))).rejects.toThrow("git's work tree is");
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
