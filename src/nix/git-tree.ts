import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { oneLine } from '../domain/text.ts';
import { trustingEnvironment } from './git-trust.ts';

const run = promisify(execFile);

/** Milliseconds for one question to git; a large tree takes a fraction of a second. */
const LIMIT_MS = 20_000;

/** Bytes that git may answer with: a list of files has a line for each. */
const MAX_BYTES = 64 * 1024 * 1024;

/** The git work tree that a flake is in, as far as it tells what evaluating that flake would come to. */
export interface GitTree {
  /** Hash of the committed tree. */
  readonly tree: string;
  readonly commit: string;
  /** Whether it lacks older commits: then a flake is not told how many there are. */
  readonly isShallow: boolean;
  /** The flake's folder below the top; empty for the top itself. */
  readonly folder: string;
  /** Whether a file that git knows is not as it was committed. What git does not know, Nix does not see. */
  readonly isChanged: boolean;
  readonly hasSubmodules: boolean;
  /** Whether git rewrites any file when it takes it out: by a filter, as with LFS, or by what it says of the commit (`export-subst`). */
  readonly hasFilters: boolean;
  /** The committed `flake.nix`; undefined if there is none. */
  readonly flakeText: string | undefined;
  /** The committed `flake.lock`; undefined if there is none. */
  readonly lockText: string | undefined;
}

/** How git is asked. */
export interface Asking {
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  /** See {@link trustingEnvironment}. */
  readonly temporaryDirectory: string;
}

/** What a tree is like, or why that cannot be told. */
export type ReadGitTree =
  | { readonly kind: 'tree'; readonly tree: GitTree }
  | { readonly kind: 'unknown'; readonly why: string };

/**
 * Asks git about the work tree that a folder is in. Never rejects.
 * @param folder where the flake is looked for; as Nix does, in the folders above it too
 */
export async function readGitTree(folder: string, asking: Asking): Promise<ReadGitTree> {
  try {
    const { env, temporaryDirectory } = asking;
    await using trusting = await trustingEnvironment(env, [folder], temporaryDirectory);
    const tree = await read(folder, { ...asking, env: { ...trusting.env, ...QUIET } });
    return { kind: 'tree', tree };
  } catch (error) {
    return { kind: 'unknown', why: reasonOf(error) };
  }
}

/** Nothing is written, asked for or fetched; objects are what they are, whatever git is told to show instead of them. */
const QUIET = {
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
  GIT_NO_LAZY_FETCH: '1',
  GIT_NO_REPLACE_OBJECTS: '1',
  LC_ALL: 'C',
} as const;

async function read(folder: string, asking: Asking): Promise<GitTree> {
  const about = ['--is-shallow-repository', '--show-toplevel', '--show-prefix'];
  const told = await git(['rev-parse', ...about, 'HEAD', 'HEAD^{tree}'], folder, asking);
  const [shallow, top = '', prefix = '', commit = '', tree = ''] = told.split('\n');
  // Be it said in the tree, in the repository or by the user.
  const withAttribute = (name: string): Promise<string> =>
    git(['ls-files', '-z', '--', '.', `:(exclude,attr:!${name})`], top, asking);
  const [committed, changes, ...rewritten] = await Promise.all([
    committedFiles(prefix, top, asking),
    git(['status', '--porcelain', '-z', '--untracked-files=no'], top, asking),
    ...['filter', 'export-subst'].map(withAttribute),
  ]);
  const flake = foldersAbove(prefix).find((each) => committed.has(inFolder(each, 'flake.nix')));
  const text = async (name: string): Promise<string | undefined> => {
    const file = inFolder(flake ?? '', name);
    return committed.has(file) ? git(['cat-file', 'blob', `HEAD:${file}`], top, asking) : undefined;
  };
  const [flakeText, lockText] = await Promise.all([text('flake.nix'), text('flake.lock')]);
  return {
    ...{ tree, commit, isShallow: shallow !== 'false', folder: flake ?? '' },
    isChanged: changes !== '',
    hasSubmodules: committed.has('.gitmodules'),
    hasFilters: rewritten.some((files) => files !== ''),
    ...{ flakeText, lockText },
  };
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
  const args = ['ls-tree', '-z', '--name-only', 'HEAD', '--', '.gitmodules', ...names];
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

/** @returns what it prints, without the last line's end */
async function git(args: readonly string[], cwd: string, { env, signal }: Asking): Promise<string> {
  // A monitor of the file system would be a program of the repository's choice, and outlive us.
  const all = ['-c', 'core.fsmonitor=false', ...args];
  const limits = { timeout: LIMIT_MS, maxBuffer: MAX_BYTES };
  const { stdout } = await run('git', all, { cwd, env, signal, ...limits });
  return stdout.replace(/\n$/, '');
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'git does not answer';
  if ('code' in error && error.code === 'ENOENT') return 'there is no git to ask about the tree';
  const said = 'stderr' in error && typeof error.stderr === 'string' ? error.stderr : '';
  const [first = ''] = said.split('\n');
  return first === '' ? 'git does not answer' : oneLine(first).replace(/^fatal: /, 'git says: ');
}
