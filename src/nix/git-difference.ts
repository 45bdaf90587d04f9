import { type Asking, git } from './git.ts';

/**
 * Why Nix may see something else than the committed tree:
 * - `submodules`: what is in them is not in the tree;
 * - `filters`: git rewrites a file when it takes it out: by a filter, as with LFS, or by what it says of the commit (`export-subst`);
 * - `hidden`: git is told not to look at a file, or not to take it out;
 * - `changes`: a file that git knows is not as it was committed;
 * - `line-ends`: a file has other bytes than were committed, and git takes it for the same, as with `core.autocrlf`.
 */
export type TreeDifference = 'submodules' | 'filters' | 'hidden' | 'changes' | 'line-ends';

/** Attributes by which a file in the work tree, or in an archive, is not what was committed. */
const REWRITING = ['filter', 'ident', 'working-tree-encoding', 'export-subst'];

/**
 * Compares a work tree with its last commit, byte for byte. What git does not know does not count: Nix does not see it.
 * Runs no program that the repository, which may be another user's, names: `git status` is asked last, when there is no filter that it
 * would run, and no submodule that it would look into.
 * @param top the work tree's top folder
 */
export async function findDifference(
  top: string,
  asking: Asking,
): Promise<TreeDifference | undefined> {
  const entries = readEntries(await git(['ls-files', '-z', '-v', '--stage'], top, asking));
  if (entries.some(isOfSubmodule)) return 'submodules';
  if (entries.some(isHidden)) return 'hidden';
  // Be it said in the tree, in the repository or by the user.
  const plain = REWRITING.map((name) => `!${name}`).join(' ');
  const rewritten = await git(
    ['ls-files', '-z', '--', '.', `:(exclude,attr:${plain})`],
    top,
    asking,
  );
  if (rewritten !== '') return 'filters';
  const status = ['status', '--porcelain', '-z', '--untracked-files=no', '--ignore-submodules=all'];
  if ((await git(status, top, asking)) !== '') return 'changes';
  return (await hasOtherBytes(entries, top, asking)) ? 'line-ends' : undefined;
}

/** A file in git's index. */
interface Entry {
  /** As `git ls-files -v` has it: `H` for one that is looked at. */
  readonly tag: string;
  readonly mode: string;
  readonly hash: string;
  readonly path: string;
}

function readEntries(printed: string): readonly Entry[] {
  const lines = printed.split('\0').filter((line) => line !== '');
  return lines.map((line) => {
    const tab = line.indexOf('\t');
    const [tag = '', mode = '', hash = ''] = line.slice(0, tab).split(' ');
    return { tag, mode, hash, path: line.slice(tab + 1) };
  });
}

function isOfSubmodule({ mode, path }: Entry): boolean {
  return mode === '160000' || path === '.gitmodules';
}

/** `S` is skip-worktree, as in a sparse checkout; a small letter is assume-unchanged. `M`, not merged, is a change to `git status`. */
function isHidden({ tag }: Entry): boolean {
  return tag !== 'H' && tag !== 'M';
}

/** Of files only: git converts no links. `git status` would convert the ends of lines before it compares. */
async function hasOtherBytes(
  entries: readonly Entry[],
  top: string,
  asking: Asking,
): Promise<boolean> {
  const files = entries.filter(({ mode }) => mode.startsWith('100'));
  const names = files.map(({ path }) => `${quoted(path)}\n`).join('');
  const hashes = await git(['hash-object', '--no-filters', '--stdin-paths'], top, asking, names);
  return hashes !== files.map(({ hash }) => hash).join('\n');
}

/** A path as git reads it from a line: whatever it ends in. */
function quoted(path: string): string {
  return `"${path.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}
