import os from 'node:os';
import { connectionDetail } from '../build/connection-detail.ts';
import { askedNames } from '../build/daemon-options.ts';
import { localImportCheck } from '../build/local-import.ts';
import { offloadTo } from '../build/offload-engine.ts';
import { OffloadRecords, type OffloadReport } from '../build/offload-report.ts';
import { warnOfUnheard } from '../build/given-conf.ts';
import { Remote } from '../build/remote.ts';
import type { StepContext, StepRequest } from '../build/step-request.ts';
import type { RemoteStoreUri } from '../domain/store-uri.ts';
import { daemonSocketPath } from '../nix/environment.ts';
import { readLocalSettings } from '../nix/local-settings.ts';
import type { NixSettings } from '../nix/settings.ts';
import { OffloadServer } from '../offload/server.ts';
import { openLocalStore, openLocalStream } from '../store/local-store.ts';
import type { SignatureCheck } from '../store/store.ts';
import type { OffloadFolder } from '../offload/folder.ts';
import { configure, type Configured } from './configured.ts';
import { LinkedRemotes } from './linked-remotes.ts';
import type { Service } from './service.ts';
import type { Ready } from './start.ts';

/** What the offload socket is set up with. */
export interface OffloadRequest extends Pick<StepRequest, 'copyInputs' | 'options' | 'nixConf'> {
  readonly stores: readonly RemoteStoreUri[];
}

/** Where it is set up. */
export interface OffloadContext extends Pick<
  StepContext,
  'access' | 'user' | 'env' | 'clock' | 'signal'
> {
  readonly folder: OffloadFolder;
  /** Hears what is worth a line in the process's log. */
  readonly onNotice: (text: string) => void;
}

/** The offload socket with all that serves it. */
export class OffloadService implements Service {
  readonly ready: Ready;
  readonly #remotes: LinkedRemotes;
  readonly #server: OffloadServer;
  readonly #records: OffloadRecords;
  readonly #opened: AsyncDisposableStack;

  private constructor(
    ready: Ready,
    remotes: LinkedRemotes,
    server: OffloadServer,
    records: OffloadRecords,
    opened: AsyncDisposableStack,
  ) {
    this.ready = ready;
    this.#remotes = remotes;
    this.#server = server;
    this.#records = records;
    this.#opened = opened;
  }

  /**
   * Connects, makes sure that what is built there can be had here, and listens.
   * @throws ActionError with what keeps it from serving
   */
  static async start(request: OffloadRequest, outer: OffloadContext): Promise<OffloadService> {
    await using opening = new AsyncDisposableStack();
    const { context, exports, warnings } = await configure(request.nixConf, outer, opening);
    const records = new OffloadRecords();
    const onNotice = (text: string): void => {
      records.addNotice(text);
      context.onNotice(text);
    };
    const connect = (uri: RemoteStoreUri, signal: AbortSignal): Promise<Remote> =>
      Remote.connect({ uri, access: context.access, options: request.options }, signal);
    const { stores } = request;
    const remotes = await LinkedRemotes.connect(stores, connect, onNotice, context.signal);
    try {
      const [importCheck, introduced] = await Promise.all([
        importCheckFor(remotes, request, context),
        introduce(remotes, request, context),
      ]);
      const ready = {
        ...introduced,
        warnings: [...warnings, ...introduced.warnings],
        exports: { ...exports, ...introduced.exports },
      };
      const parts = { request, context, remotes, records, onNotice, importCheck };
      return new OffloadService(ready, remotes, await serve(parts), records, opening.move());
    } catch (error) {
      remotes.close();
      throw error;
    }
  }

  /** Ends everything, clients' builds too. */
  async stop(): Promise<OffloadReport> {
    await this.#server.close();
    const { bytesSent, bytesReceived, reconnects } = this.#remotes;
    this.#remotes.close();
    await this.#opened.disposeAsync();
    const { rawOperations } = this.#server;
    const { remote } = this.ready;
    const totals = { bytesSent, bytesReceived, reconnects, rawOperations };
    return this.#records.report({ mode: 'remote-store', remote, ...totals });
  }
}

/** Asked before anything is built: a build whose outputs nobody can take is of no use. */
async function importCheckFor(
  { first: remotes }: LinkedRemotes,
  { nixConf }: OffloadRequest,
  context: Configured['context'],
): Promise<SignatureCheck> {
  const { env } = context;
  const local = await openLocalStore({ env, socketPath: daemonSocketPath(env) });
  try {
    await warnOfUnheard(nixConf, local, context);
    const [first, ...others] = remotes;
    // What differs is only who is refused.
    for (const remote of others) await localImportCheck(local, remote, context, 'offload socket');
    return await localImportCheck(local, first, context, 'offload socket');
  } finally {
    local.store.close();
  }
}

/** What is told of the remotes, and which options they cannot be told. */
async function introduce(
  { first: remotes, label, leftOut }: LinkedRemotes,
  { options }: OffloadRequest,
  { folder }: OffloadContext,
): Promise<Ready> {
  const details = remotes.map(async ({ greeting, roundTripMs }) =>
    connectionDetail(await greeting, roundTripMs),
  );
  const detail = (await Promise.all(details)).join('; ');
  // Without NIX_REMOTE, who may write the store himself would not ask a daemon.
  const exports = { NIX_DAEMON_SOCKET_PATH: folder.socket, NIX_REMOTE: 'daemon' };
  const ready = { kind: 'ready', remote: label, detail, exports } as const;
  // The session that connecting has opened is for the first client.
  if (askedNames(options).length === 0) return { ...ready, warnings: leftOut };
  const undelivered = remotes.map(async (remote) => {
    const { store, warnings } = await remote.sessionWith(options);
    store.close();
    return warnings;
  });
  return { ...ready, warnings: [...leftOut, ...(await Promise.all(undelivered)).flat()] };
}

interface Parts {
  readonly request: OffloadRequest;
  readonly context: OffloadContext;
  readonly remotes: LinkedRemotes;
  readonly records: OffloadRecords;
  readonly onNotice: (text: string) => void;
  readonly importCheck: SignatureCheck;
}

async function serve(parts: Parts): Promise<OffloadServer> {
  const { request, context, remotes, records, onNotice, importCheck } = parts;
  const { env, folder, clock } = context;
  const local = { env, socketPath: daemonSocketPath(env) };
  const settings = readSettings(context);
  return OffloadServer.listen({
    socketPath: folder.socket,
    openLocalStream: async () => (await openLocalStream(local)).stream,
    takeOver: offloadTo({
      remotes: () => Promise.resolve(remotes.remotes),
      openLocal: () => openLocalStore(local),
      importCheck,
      options: request.options,
      copyInputs: request.copyInputs,
      localSettings: () => settings,
      temporaryDirectory: folder.path,
      clock,
      onBuild: (build) => records.addBuild(build),
      onNotice,
    }),
    onNotice,
  });
}

/** Read once: what a later step changes, it asks for. */
async function readSettings({ env, signal }: OffloadContext): Promise<NixSettings | undefined> {
  const command = { nix: 'nix', env, signal, workingDirectory: os.tmpdir() };
  return readLocalSettings(command).catch(() => undefined);
}
