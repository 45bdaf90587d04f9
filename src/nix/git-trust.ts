import {
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  realpath,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';

import { withGitConfig } from './environment.ts';

/** An environment for child processes, and what was written for it. */
export interface TrustingEnvironment extends AsyncDisposable {
  readonly env: NodeJS.ProcessEnv;
}

/**
 * An environment in which git and Nix read these folders' work trees even where they belong to another user, as a
 * checkout does in a job container. Nothing outside the child processes is changed.
 *
 * The git program hears `GIT_CONFIG_COUNT` and so on; libgit2, with which Nix reads repositories from 2.20 on, knows only
 * configuration files. So there is one, in a configuration folder (`XDG_CONFIG_HOME`) that otherwise leads to the user's own.
 *
 * @param folders in or above which work trees are looked for
 * @param temporaryDirectory where the configuration is written until it is disposed of
 */
export async function trustingEnvironment(
  env: NodeJS.ProcessEnv,
  folders: readonly string[],
  temporaryDirectory: string,
): Promise<TrustingEnvironment> {
  const trees = await foreignWorkTrees(folders);
  if (trees.length === 0) {
    return { env, [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  const own = env['XDG_CONFIG_HOME'] ?? path.join(env['HOME'] ?? homedir(), '.config');
  const folder = await mkdtemp(path.join(temporaryDirectory, 'git-trust-'));
  await writeConfigFolder(folder, own, trees);
  const trusting = trees.reduce((each, tree) => withGitConfig(each, 'safe.directory', tree), env);
  return {
    env: { ...trusting, XDG_CONFIG_HOME: folder },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** The work trees in or above these folders, with their submodules, that are not ours. */
export async function foreignWorkTrees(folders: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(folders.map(workTreeOf));
  const trees = [...new Set(found.filter((tree) => tree !== undefined))];
  const seen = new Set<string>();
  const all = (await Promise.all(trees.map((tree) => withSubmodules(tree, seen)))).flat();
  const foreign = await Promise.all(all.map(isForeign));
  return all.filter((_, index) => foreign[index]);
}

/** The innermost work tree that a folder is in; symlinks resolved. */
export async function workTreeOf(folder: string): Promise<string | undefined> {
  const real = await realpath(folder).catch(() => undefined);
  for (let each = real; each !== undefined; each = parentOf(each)) {
    if (await exists(path.join(each, '.git'))) return each;
  }
  return undefined;
}

function parentOf(folder: string): string | undefined {
  const parent = path.dirname(folder);
  return parent === folder ? undefined : parent;
}

/** @param seen folders that were looked at: a submodule's path may be a link back to where it is named */
async function withSubmodules(tree: string, seen: Set<string>): Promise<readonly string[]> {
  const real = await realpath(tree).catch(() => undefined);
  if (real === undefined || seen.has(real)) return [];
  seen.add(real);
  const modules = await readFile(path.join(tree, '.gitmodules'), 'utf8').catch(() => '');
  const paths = [...modules.matchAll(/^\s*path\s*=\s*"?(.+?)"?\s*$/gm)].map(([, each]) =>
    path.join(tree, each ?? ''),
  );
  const below = paths.filter((each) => each.startsWith(`${tree}/`));
  const trees = await Promise.all(below.map((each) => withSubmodules(each, seen)));
  return [tree, ...trees.flat()];
}

// git looks at the folder and at its .git
async function isForeign(tree: string): Promise<boolean> {
  const owners = await Promise.all(
    [tree, path.join(tree, '.git')].map((each) => stat(each).catch(() => undefined)),
  );
  return owners.some((owner) => owner !== undefined && owner.uid !== process.geteuid?.());
}

async function writeConfigFolder(
  folder: string,
  own: string,
  trees: readonly string[],
): Promise<void> {
  await mkdir(path.join(folder, 'git'));
  await linkEntries(own, folder, 'git');
  await linkEntries(path.join(own, 'git'), path.join(folder, 'git'), 'config');
  const lines = [
    ...['[include]', `\tpath = ${quoted(path.join(own, 'git', 'config'))}`],
    ...['[safe]', ...trees.map((tree) => `\tdirectory = ${quoted(tree)}`)],
  ];
  await writeFile(path.join(folder, 'git', 'config'), `${lines.join('\n')}\n`);
}

async function linkEntries(from: string, to: string, except: string): Promise<void> {
  const names = await readdir(from).catch(() => []);
  const others = names.filter((name) => name !== except);
  await Promise.all(others.map((name) => symlink(path.join(from, name), path.join(to, name))));
}

/** A value of git's configuration. */
function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
