import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';

/**
 * Removes the files by which Nix counts the builds on each machine. It names them after a machine's URI, in which there is a folder that is
 * another in each job, and never removes them (build-remote.cc, `openSlotLock`). A root daemon's are root's; then they stay.
 * @param folder an absolute path; the machines that were reached through launchers in it are those that no longer exist
 * @param stateDirectory Nix's
 */
export async function removeLoadLocks(
  folder: string,
  stateDirectory = '/nix/var/nix',
): Promise<void> {
  const directory = path.join(stateDirectory, 'current-load');
  const part = `${folder.replaceAll('/', '_')}_`;
  const names = await readdir(directory).catch(() => []);
  const ours = names.filter((name) => name.includes(part));
  await Promise.allSettled(ours.map((name) => rm(path.join(directory, name))));
}
