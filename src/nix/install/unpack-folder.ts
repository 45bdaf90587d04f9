import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { NIX_FOLDER } from './nix-folder.ts';

const PREFIX = '.nix-remote-build-';

/** Milliseconds after which what a killed job left in /nix is nobody's. Unpacking takes seconds. */
const LEFT_BEHIND = 3_600_000;

/** Makes a folder to unpack in, on the file system of the store. */
export async function makeUnpackFolder(): Promise<string> {
  await removeLeftovers();
  return mkdtemp(path.join(NIX_FOLDER, PREFIX));
}

/** What jobs left that were killed with their machine. */
async function removeLeftovers(): Promise<void> {
  const names = await readdir(NIX_FOLDER);
  for (const name of names.filter((each) => each.startsWith(PREFIX))) {
    const folder = path.join(NIX_FOLDER, name);
    const found = await stat(folder).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > LEFT_BEHIND) await removeUnpacked(folder);
  }
}

/** Removes such a folder, and no other; what cannot be removed is left. */
export async function removeUnpacked(folder: string): Promise<void> {
  const { dir, base } = path.parse(path.resolve(folder));
  if (dir !== NIX_FOLDER || !base.startsWith(PREFIX)) return;
  await rm(folder, { recursive: true, force: true }).catch(() => undefined);
}
