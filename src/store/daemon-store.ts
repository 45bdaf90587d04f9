import type { DaemonListener } from '../domain/activity.ts';
import type { BuildMode, BuildResult } from '../domain/build-result.ts';
import type { ByteStream } from '../domain/byte-stream.ts';
import type { Greeting } from '../domain/daemon.ts';
import type { DerivedPath } from '../domain/derived-path.ts';
import type { PathInfo } from '../domain/path-info.ts';
import type { DrvPath, StorePath } from '../domain/store-path.ts';
import * as operations from '../protocol/operations.ts';
import type { OutputMap } from '../protocol/operations.ts';
import { SINCE } from '../protocol/version.ts';
import { BuildLogs } from './build-logs.ts';
import { buildWithoutResults } from './build-without-results.ts';
import { receiveNars } from './nar-window.ts';
import { sendPaths } from './send-paths.ts';
import { Session, type SessionOptions } from './session.ts';
import type {
  DaemonOptions,
  Missing,
  NarSource,
  Repair,
  SignatureCheck,
  Store,
  Substitution,
} from './store.ts';
import { runStreamed } from './streamed-request.ts';

/**
 * Opens a session with the daemon at the other end of `stream`. Returns at once: whatever is asked of the store before the daemon
 * has greeted goes out with the handshake, so that handshake and first answers take one round trip together.
 */
export function openStore(stream: ByteStream, options: SessionOptions): Store {
  return new DaemonStore(new Session(stream, options));
}

class DaemonStore implements Store {
  readonly #session: Session;
  readonly #logs: BuildLogs;

  constructor(session: Session) {
    this.#session = session;
    this.#logs = new BuildLogs(session);
  }

  get label(): string {
    return this.#session.label;
  }

  get greeting(): Promise<Greeting> {
    return this.#session.greeting;
  }

  get isOpen(): boolean {
    return this.#session.isOpen;
  }

  get isIdle(): boolean {
    return this.#session.isIdle;
  }

  setOptions(options: DaemonOptions): Promise<void> {
    return this.#session.run(operations.setOptions(options));
  }

  async queryValidPaths(
    paths: readonly StorePath[],
    substitution: Substitution = 'no-substitute',
  ): Promise<ReadonlySet<StorePath>> {
    if (paths.length === 0) return new Set();
    const asked = new Set(paths);
    const valid = await this.#session.run(operations.queryValidPaths(paths, substitution));
    return new Set(valid.filter((path) => asked.has(path)));
  }

  async queryPathInfos(paths: readonly StorePath[]): Promise<ReadonlyMap<StorePath, PathInfo>> {
    const answers = await this.#forEach(paths, operations.queryPathInfo);
    const infos = new Map<StorePath, PathInfo>();
    for (const info of answers) if (info) infos.set(info.path, info);
    return infos;
  }

  queryMissing(paths: readonly DerivedPath[]): Promise<Missing> {
    return this.#session.run(operations.queryMissing(paths));
  }

  async queryDerivationOutputMaps(
    drvPaths: readonly DrvPath[],
  ): Promise<ReadonlyMap<DrvPath, OutputMap>> {
    const maps = await this.#forEach(drvPaths, operations.queryDerivationOutputMap);
    return new Map(maps.map(({ drvPath, outputs }) => [drvPath, outputs]));
  }

  nars(infos: readonly PathInfo[]): AsyncIterable<NarSource> {
    return receiveNars(this.#session, infos);
  }

  async addMultipleToStore(
    count: number,
    sources: AsyncIterable<NarSource>,
    check: SignatureCheck,
    repair: Repair = 'keep',
  ): Promise<void> {
    const operation = operations.addMultipleToStore(check, repair);
    await runStreamed(this.#session, operation, {
      send: (frames, interruption) => sendPaths(frames, interruption, count, sources),
    });
  }

  addBuildLog(drvPath: DrvPath, chunks: AsyncIterable<Buffer>): Promise<void> {
    return this.#logs.add(drvPath, chunks);
  }

  async addTempRoots(paths: readonly StorePath[]): Promise<void> {
    await this.#forEach(paths, operations.addTempRoot);
  }

  addIndirectRoot(link: string): Promise<void> {
    return this.#session.run(operations.addIndirectRoot(link));
  }

  async ensurePaths(paths: readonly StorePath[]): Promise<void> {
    await this.#forEach(paths, operations.ensurePath);
  }

  addSignatures(path: StorePath, signatures: readonly string[]): Promise<void> {
    return this.#session.run(operations.addSignatures(path, signatures));
  }

  registerDrvOutput(realisation: string): Promise<void> {
    return this.#session.run(operations.registerDrvOutput(realisation));
  }

  async build(
    paths: readonly DerivedPath[],
    mode: BuildMode,
    onEvent?: DaemonListener,
  ): Promise<readonly BuildResult[]> {
    const { protocolVersion } = this.#session.knownGreeting ?? (await this.greeting);
    if (protocolVersion < SINCE.buildPathsWithResults) {
      return buildWithoutResults(this, paths, () => this.buildPaths(paths, mode, onEvent));
    }
    const operation = operations.buildPathsWithResults(paths, mode, protocolVersion);
    return this.#session.run(operation, { onEvent });
  }

  buildPaths(
    paths: readonly DerivedPath[],
    mode: BuildMode,
    onEvent?: DaemonListener,
  ): Promise<void> {
    return this.#session.run(operations.buildPaths(paths, mode), { onEvent });
  }

  close(reason?: Error): void {
    this.#session.close(reason);
  }

  /** One request for each item, all written at once. */
  #forEach<Item, T>(
    items: readonly Item[],
    operation: (item: Item) => operations.Operation<T>,
  ): Promise<T[]> {
    return Promise.all(items.map((item) => this.#session.run(operation(item))));
  }
}
