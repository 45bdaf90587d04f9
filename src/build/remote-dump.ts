import path from 'node:path';
import { addAbortSignal } from 'node:stream';
import type { RemoteStoreUri } from '../domain/store-uri.ts';
import type { SshConnection } from '../ssh/connection.ts';

/**
 * Runs `nix-store --dump` there, which needs no valid path. A user with a forced command gets that command instead.
 * @throws ActionError of the connection
 */
export async function dumpOverSsh(
  connection: SshConnection,
  { remoteProgram }: RemoteStoreUri,
  storePath: string,
  signal: AbortSignal,
): Promise<AsyncIterable<Buffer>> {
  const folder = path.posix.dirname(remoteProgram[0] ?? '');
  const program = folder === '.' ? 'nix-store' : path.posix.join(folder, 'nix-store');
  const { duplex } = await connection.exec([program, '--dump', storePath]);
  duplex.end();
  return addAbortSignal(signal, duplex);
}
