import type { Readable } from 'node:stream';
import type { ByteStream } from '../domain/byte-stream.ts';
import type { SshConnection } from '../ssh/connection.ts';
import { openWorkerChannel, type WorkerProgram } from '../ssh/worker-channel.ts';

/** What a tunnel's clients speak to: a daemon, or for a machine that is written `ssh://` the legacy serve protocol. */
export type TunnelService =
  ({ readonly kind: 'worker' } & WorkerProgram) | ({ readonly kind: 'serve' } & ServeProgram);

export interface ServeProgram {
  /** Words of `remote-program`; empty: `nix-store`. */
  readonly remoteProgram: readonly string[];
  /** The store that it is to serve; undefined: its default. */
  readonly remoteStore: string | undefined;
}

/** The command that serves the legacy protocol, put together as Nix does it (legacy-ssh-store.cc, LegacySSHStore::openConnection). */
export function serveCommand({ remoteProgram, remoteStore }: ServeProgram): readonly string[] {
  const words = remoteProgram.length > 0 ? remoteProgram : ['nix-store'];
  const store = remoteStore === undefined ? [] : ['--store', remoteStore];
  return [...words, '--serve', '--write', ...store];
}

/** A stream to the program that serves, and where it is one of this client's alone, its standard error. */
export type ServiceStream = ByteStream & { readonly stderr?: Readable };

/** @throws ActionError `channel-refused` or `connection-lost` */
export function openService(
  connection: SshConnection,
  service: TunnelService,
): Promise<ServiceStream> {
  return service.kind === 'worker'
    ? openWorkerChannel(connection, service)
    : connection.exec(serveCommand(service));
}
