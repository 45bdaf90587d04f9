import { access, constants } from 'node:fs/promises';
import { connect } from 'node:net';
import type { ByteStream } from '../domain/byte-stream.ts';
import { ActionError, toError } from '../domain/errors.ts';
import { spawnByteStream } from './child-stream.ts';
import { openStore } from './daemon-store.ts';
import type { SessionOptions } from './session.ts';
import type { Store } from './store.ts';

const STATE_DIR = '/nix/var/nix';
const SOCKET = `${STATE_DIR}/daemon-socket/socket`;

/**
 * How the local store is reached: the daemon's socket, or, with single-user Nix, a `nix-daemon --stdio` of our own. Evaluation
 * is pinned the same way with `storeUri`, whatever NIX_REMOTE or nix.conf say.
 */
export type LocalStoreAccess =
  | { readonly kind: 'socket'; readonly path: string; readonly storeUri: 'daemon' }
  | { readonly kind: 'direct'; readonly storeUri: 'local' };

export interface LocalStoreOptions {
  /** The environment for the child, allow-listed by the caller: PATH, HOME and what Nix needs. */
  readonly env: Readonly<Record<string, string>>;
  /** The daemon's socket where it is not at Nix's own place. */
  readonly socketPath?: string | undefined;
  /** `nix-daemon` unless said. */
  readonly nixDaemon?: string | undefined;
  readonly session?: Partial<SessionOptions> | undefined;
}

export interface LocalStore {
  readonly store: Store;
  readonly access: LocalStoreAccess;
}

/** Bytes to and from what serves the local store. */
export interface LocalStream {
  readonly stream: ByteStream;
  readonly access: LocalStoreAccess;
}

/**
 * Opens a session with the local store.
 * @throws ActionError `nix-missing` if there is neither a daemon that answers nor a store that this user may write.
 */
export async function openLocalStore(options: LocalStoreOptions): Promise<LocalStore> {
  const { stream, access } = await openLocalStream(options);
  return { store: openStore(stream, { label: 'the local store', ...options.session }), access };
}

/** Like {@link openLocalStore}, for who speaks the protocol himself. */
export async function openLocalStream(
  options: Omit<LocalStoreOptions, 'session'>,
): Promise<LocalStream> {
  const socketPath = options.socketPath ?? SOCKET;
  const stream = await connectTo(socketPath).catch(toError);
  if (!(stream instanceof Error)) {
    return { stream, access: { kind: 'socket', path: socketPath, storeUri: 'daemon' } };
  }
  if (!(await isWritable(STATE_DIR))) throw noStore(socketPath, stream);
  const child = spawnByteStream(options.nixDaemon ?? 'nix-daemon', STDIO_ARGUMENTS, options.env);
  return { stream: child, access: { kind: 'direct', storeUri: 'local' } };
}

/** `--option store` goes before NIX_REMOTE and nix.conf, in every version. */
const STDIO_ARGUMENTS = ['--stdio', '--option', 'store', 'local'];

async function connectTo(path: string): Promise<ByteStream> {
  const duplex = connect(path);
  await new Promise<void>((resolve, reject) => {
    duplex.once('connect', resolve);
    duplex.once('error', reject);
  });
  return { duplex, diagnostics: () => '' };
}

async function isWritable(folder: string): Promise<boolean> {
  return access(folder, constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
}

function noStore(socketPath: string, cause: Error): ActionError {
  return new ActionError(
    'nix-missing',
    `the local store: no Nix daemon answers at ${socketPath} (${cause.message}), and ${STATE_DIR} is not writable`,
    { hint: 'Install Nix on the runner, or start its nix-daemon.', cause },
  );
}
