import os from 'node:os';
import { asActionError } from '../domain/errors.ts';
import { daemonSocketPath } from '../nix/environment.ts';
import { readLocalSettings } from '../nix/local-settings.ts';
import { makeOffloadFolder, removeOffloadFolder } from '../offload/folder.ts';
import { OffloadServer } from '../offload/server.ts';
import type { TakeOver } from '../offload/take-over.ts';
import { openLocalStore, openLocalStream, type LocalStoreAccess } from '../store/local-store.ts';
import type { SignatureCheck } from '../store/store.ts';
import { abilitiesOf } from './offers.ts';
import { offloadTo, type OffloadRemote } from './offload-engine.ts';
import type { ConnectedRemote } from './connected-remote.ts';
import type { StepContext, StepRequest } from './step-request.ts';

/** Which store an evaluation is to use. */
export interface EvaluationStore {
  /** `--store`, whatever the environment or nix.conf say. */
  readonly storeUri: LocalStoreAccess['storeUri'];
  /** The environment of `nix`. */
  readonly env: Readonly<Record<string, string>>;
  /** What Nix says there as people are to read it; default: as it is. */
  readonly rename?: (text: string) => string;
}

/** What an offload socket for one step's evaluation takes. */
export interface EvaluationStoreOptions {
  readonly request: StepRequest;
  readonly context: StepContext;
  readonly connected: () => Promise<readonly ConnectedRemote[]>;
  /** How outputs are imported; rejects with `signature-required` where they cannot be. */
  readonly importCheck: () => Promise<SignatureCheck>;
}

/**
 * The local store for evaluation, behind an offload socket: what evaluation itself has to build (import from derivation) is built by
 * the remote, and only its output comes here. Where unsigned outputs cannot be imported, the local store builds as it always does.
 * @param opened takes what has to be closed
 */
export async function openEvaluationStore(
  options: EvaluationStoreOptions,
  opened: AsyncDisposableStack,
): Promise<EvaluationStore> {
  const { context } = options;
  const folder = await makeOffloadFolder(context.socketDirectory);
  opened.defer(() => removeOffloadFolder(folder));
  const { env, observe } = context;
  const local = { env, socketPath: daemonSocketPath(env) };
  const server = await OffloadServer.listen({
    socketPath: folder.socket,
    openLocalStream: async () => (await openLocalStream(local)).stream,
    takeOver: whenImportable(options, folder.path),
    onNotice: (text) => observe({ kind: 'notice', text }),
  });
  opened.defer(() => server.close());
  return { storeUri: 'daemon', env: { ...env, NIX_DAEMON_SOCKET_PATH: folder.socket } };
}

function whenImportable(options: EvaluationStoreOptions, folder: string): TakeOver {
  let engine: Promise<TakeOver | undefined> | undefined;
  return async (request, client) => {
    engine ??= engineOf(options, folder);
    const takeOver = await engine;
    return takeOver ? takeOver(request, client) : { kind: 'pass' };
  };
}

function offloadRemote({ place, current }: ConnectedRemote): OffloadRemote {
  return {
    abilities: async () => abilitiesOf(place.uri, await place.settings()),
    connected: current,
  };
}

/** Undefined where what the remotes build cannot be imported here. */
async function engineOf(
  { request, context, connected, importCheck }: EvaluationStoreOptions,
  folder: string,
): Promise<TakeOver | undefined> {
  const { env, signal, clock, observe } = context;
  try {
    const remotes = (await connected()).map(offloadRemote);
    const check = await importCheck();
    const settings = readLocalSettings({ nix: 'nix', env, signal, workingDirectory: os.tmpdir() });
    return offloadTo({
      remotes: () => Promise.resolve(remotes),
      openLocal: () => openLocalStore({ env, socketPath: daemonSocketPath(env) }),
      importCheck: check,
      options: request.options,
      copyInputs: request.copyInputs,
      localSettings: () => settings.catch(() => undefined),
      temporaryDirectory: folder,
      clock,
      onBuild: () => undefined,
      onNotice: (text) => observe({ kind: 'notice', text }),
    });
  } catch (error) {
    if (asActionError(error).code === 'signature-required') return undefined;
    throw error;
  }
}
