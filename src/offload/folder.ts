import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { OFFLOAD_SOCKET_NAME } from '../domain/offload-socket.ts';
import { removeLoadLocks } from '../nix/load-locks.ts';
import { MAX_SOCKET_PATH } from '../tunnel/private-socket.ts';

/** The folder of one offload process; nobody else may look into it. */
export interface OffloadFolder {
  readonly path: string;
  /** Where Nix connects. */
  readonly socket: string;
  /** Where post connects. */
  readonly control: string;
  /** What the process says; never a secret. */
  readonly log: string;
}

export function offloadFolder(folder: string): OffloadFolder {
  return {
    path: folder,
    socket: path.join(folder, OFFLOAD_SOCKET_NAME),
    control: path.join(folder, 'control.sock'),
    log: path.join(folder, 'offload.log'),
  };
}

/** Makes one, of mode 0700, in `preferred`, or below /tmp where the sockets' paths would be too long there. */
export async function makeOffloadFolder(preferred: string): Promise<OffloadFolder> {
  const name = 'nix-remote-build-';
  const { socket } = offloadFolder(path.join(preferred, `${name}XXXXXX`));
  const fits = Buffer.byteLength(socket) <= MAX_SOCKET_PATH;
  return offloadFolder(await mkdtemp(path.join(fits ? preferred : '/tmp', name)));
}

/** With what Nix made of the names in it. */
export async function removeOffloadFolder({ path }: OffloadFolder): Promise<void> {
  await removeLoadLocks(path, process.env['NIX_STATE_DIR']);
  await rm(path, { recursive: true, force: true });
}
