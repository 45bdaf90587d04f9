import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { record } from '../domain/json.ts';
import { isAtLeast, type NixVersion } from './version.ts';

/*
 * What Nix keeps of inputs that it fetched, below `~/.cache/nix`: `tarball-cache` is a git repository with the files of every archive (of
 * `github:` and the like), `fetcher-cache` says which archive has which files. With both of them nothing is downloaded, nor unpacked, for
 * an input that is locked, though its store path is not there. Measured with 21,000 files: 8.2 s without, 1.8 s (2.26.3) and 2.4 s (2.34.8) with.
 *
 * What else is there stays there: clones of git repositories (`gitv3`), answers of substituters (`binary-cache`), evaluations.
 */
const ARCHIVES = /^tarball-cache(?:-v\d+)?$/;
const INDEX = /^fetcher-cache-v\d+\.sqlite$/;

/** Types of locked inputs that Nix has an archive of. */
const FROM_ARCHIVES: ReadonlySet<unknown> = new Set(['github', 'gitlab', 'sourcehut', 'tarball']);

/** Milliseconds for packing and unpacking. */
const LIMIT = 120_000;

/** Whether this Nix keeps files of archives, and where we say. Lix has left the path before either came to be. */
export function keepsFetchedInputs(version: NixVersion): boolean {
  return version.vendor !== 'lix' && isAtLeast(version, 2, 25);
}

/** Nix's own folder for this (libutil/users.cc, getCacheDir). */
export function nixCacheFolder(env: Readonly<Record<string, string>>): string | undefined {
  const { NIX_CACHE_HOME: own, XDG_CACHE_HOME: caches, HOME: home } = env;
  if (own !== undefined && own !== '') return own;
  if (caches !== undefined && caches !== '') return path.join(caches, 'nix');
  return home === undefined ? undefined : path.join(home, '.cache/nix');
}

/** Whether a lock file names an input that comes as an archive. */
export function hasArchives(lockFile: string): boolean {
  try {
    const { nodes } = record(JSON.parse(lockFile), 'flake.lock');
    const inputs = Object.values(record(nodes, 'nodes')).map((node) => record(node, 'node'));
    return inputs.some(({ locked }) => FROM_ARCHIVES.has(record(locked ?? {}, 'locked')['type']));
  } catch {
    return false; // Nix will say what is wrong with it
  }
}

/** The names of what is kept in such a folder; empty where there is nothing, or no such folder. */
export async function keptNames(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  const kept = names.filter((name) => ARCHIVES.test(name) || INDEX.test(name));
  return kept.some((name) => ARCHIVES.test(name)) ? kept.sort() : [];
}

/** Tells whether something has come in; empty where nothing has. */
export async function stateOf(folder: string): Promise<string> {
  const parts = (await keptNames(folder)).map(async (name) => {
    const place = path.join(folder, name);
    if (ARCHIVES.test(name)) return (await readdir(path.join(place, 'objects/pack'))).sort();
    return createHash('sha256')
      .update(await readFile(place))
      .digest('hex');
  });
  return (await Promise.all(parts)).flat().join(' ');
}

/** Packs what is kept in `folder` into a file that does not exist yet. */
export async function packFetchedInputs(
  folder: string,
  file: string,
  child: TarChild,
): Promise<void> {
  await tar(['-C', folder, '-cf', file, ...(await keptNames(folder))], child);
}

/** The other way round, into an existing folder. The file is trusted. */
export async function unpackFetchedInputs(
  file: string,
  folder: string,
  child: TarChild,
): Promise<void> {
  await tar(['-C', folder, '-xf', file], child);
}

/** What `tar` is run with. */
interface TarChild {
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

async function tar(args: readonly string[], { env, signal }: TarChild): Promise<void> {
  await promisify(execFile)('tar', args, { env, signal, timeout: LIMIT });
}

/**
 * The lock file of the flake that a folder belongs to: that in which, or above which, a `flake.nix` is first found, as Nix looks for it.
 * @returns undefined where there is none
 */
export async function lockFileOf(folder: string): Promise<string | undefined> {
  for (let at = folder; ; at = path.dirname(at)) {
    const names: readonly string[] = await readdir(at).catch(() => []);
    if (names.includes('flake.nix')) {
      return await readFile(path.join(at, 'flake.lock'), 'utf8').catch(() => undefined);
    }
    if (at === path.dirname(at)) return undefined;
  }
}
