import { once } from 'node:events';
import { chmodSync, existsSync } from 'node:fs';
import type { Server } from 'node:net';
import { ActionError, toError } from '../domain/errors.ts';

/** What the address of a socket holds at most on any system (104 bytes on macOS, 108 on Linux), less what others may add. */
export const MAX_SOCKET_PATH = 100;

/**
 * Has a server listen where only its owner, and root, may ever connect.
 * @param what for errors: `the tunnel to ci@builder`
 * @throws ActionError `internal` when the socket cannot be made
 */
export async function listenPrivately(server: Server, path: string, what: string): Promise<void> {
  if (Buffer.byteLength(path) > MAX_SOCKET_PATH) {
    throw new ActionError(
      'internal',
      `the socket of ${what} has a path longer than ${MAX_SOCKET_PATH} bytes: ${path}`,
      { hint: 'Set RUNNER_TEMP or TMPDIR to a folder with a shorter path.' },
    );
  }
  const listening = once(server, 'listening');
  server.listen(path);
  try {
    // Not by the umask, which is that of the whole process: folders that are made at the same moment would be closed to their owner.
    if (existsSync(path)) chmodSync(path, 0o600); // it is there when listen() returns, unless that failed
    await listening;
  } catch (thrown) {
    const cause = toError(thrown);
    const message = `the socket of ${what} cannot be made: ${cause.message}`;
    throw new ActionError('internal', message, { cause });
  }
}
