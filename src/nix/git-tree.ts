import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { type Asking, git, reasonOf } from './git.ts';
import { findDifference, type TreeDifference } from './git-difference.ts';
import { trustingEnvironment, workTreeOf } from './git-trust.ts';

/** The git work tree that a flake is in, as far as it tells what evaluating that flake would come to. */
export interface GitTree {
  /** Hash of the committed tree. */
  readonly tree: string;
  readonly commit: string;
  /** Whether it lacks older commits: then a flake is not told how many there are. */
  readonly isShallow: boolean;
  /** The flake's folder below the top; empty for the top itself. */
  readonly folder: string;
  /** Why Nix may see something else; undefined where it sees what was committed. */
  readonly difference: TreeDifference | undefined;
  /** The committed `flake.nix`; undefined if there is none, or Nix finds another one that is not committed. */
  readonly flakeText: string | undefined;
  /** The committed `flake.lock`; undefined if there is none. */
  readonly lockText: string | undefined;
}

/** What a tree is like, or why that cannot be told. */
export type ReadGitTree =
  | { readonly kind: 'tree'; readonly tree: GitTree }
  | { readonly kind: 'unknown'; readonly why: string };

/**
 * Asks git about the work tree that a folder is in. Never rejects.
 * @param folder where the flake is looked for; as Nix does, in the folders above it too
 * @param asking `temporaryDirectory`: see {@link trustingEnvironment}
 */
export async function readGitTree(
  folder: string,
  asking: Asking & { readonly temporaryDirectory: string },
): Promise<ReadGitTree> {
  try {
    const { env, signal, temporaryDirectory } = asking;
    await using trusting = await trustingEnvironment(env, [folder], temporaryDirectory);
    return await read(folder, { env: trusting.env, signal });
  } catch (error) {
    return { kind: 'unknown', why: reasonOf(error) };
  }
}

async function read(folder: string, asking: Asking): Promise<ReadGitTree> {
  const about = ['--is-shallow-repository', '--show-toplevel', '--show-prefix'];
  const told = await git(['rev-parse', ...about, 'HEAD', 'HEAD^{tree}'], folder, asking);
  const [shallow, top = '', prefix = '', commit = '', tree = ''] = told.split('\n');
  // core.worktree leads elsewhere, and Nix takes any .git for a repository.
  if ((await workTreeOf(folder)) !== top)
    return { kind: 'unknown', why: `git's work tree is ${top}` };
  const [committed, difference, flake] = await Promise.all([
    committedFiles(prefix, top, asking),
    findDifference(top, asking),
    flakeFolder(prefix, top),
  ]);
  const text = async (name: string): Promise<string | undefined> => {
    const file = inFolder(flake, name);
    return committed.has(file) ? git(['cat-file', 'blob', `HEAD:${file}`], top, asking) : undefined;
  };
  const [flakeText, lockText] = await Promise.all([text('flake.nix'), text('flake.lock')]);
  const isShallow = shallow !== 'false';
  const texts = { flakeText, lockText };
  return { kind: 'tree', tree: { tree, commit, isShallow, folder: flake, difference, ...texts } };
}

/** As Nix finds it: the first one on the way up that has a flake.nix, be it committed or not. */
async function flakeFolder(prefix: string, top: string): Promise<string> {
  for (const each of foldersAbove(prefix)) {
    const found = await lstat(path.join(top, each, 'flake.nix')).catch(() => undefined);
    if (found) return each;
  }
  return '';
}

/** Those that matter, of the last commit. */
async function committedFiles(
  prefix: string,
  top: string,
  asking: Asking,
): Promise<ReadonlySet<string>> {
  const names = foldersAbove(prefix).flatMap((each) => [
    inFolder(each, 'flake.nix'),
    inFolder(each, 'flake.lock'),
  ]);
  const args = ['ls-tree', '-z', '--name-only', 'HEAD', '--', ...names];
  return new Set((await git(args, top, asking)).split('\0'));
}

/** From the inside out: `a/b`, `a`, and the top. */
function foldersAbove(prefix: string): readonly string[] {
  const names = prefix.split('/').filter((name) => name !== '');
  return [...names.keys(), names.length].reverse().map((count) => names.slice(0, count).join('/'));
}

function inFolder(folder: string, name: string): string {
  return path.posix.join(folder, name);
}
