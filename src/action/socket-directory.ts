import * as core from '@actions/core';
import { mkdtemp, rm } from 'node:fs/promises';
import { toError } from '../domain/errors.ts';
import { removeLoadLocks } from '../nix/load-locks.ts';

/** Makes one for a step's own sockets and secrets, of mode 0700, where no socket's path can become too long. */
export async function makeSocketDirectory(): Promise<string> {
  return await mkdtemp('/tmp/nix-remote-build-');
}

/** With what Nix made of the names in it. Never rejects: what was built is built. */
export async function removeSocketDirectory(folder: string): Promise<void> {
  try {
    await removeLoadLocks(folder, process.env['NIX_STATE_DIR']);
    await rm(folder, { recursive: true, force: true });
  } catch (error) {
    core.warning(`${folder} could not be removed: ${toError(error).message}`);
  }
}
