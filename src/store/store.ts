import type { DaemonListener } from '../domain/activity.ts';
import type { BuildMode, BuildResult } from '../domain/build-result.ts';
import type {
  DaemonOptions,
  Greeting,
  Missing,
  Repair,
  SignatureCheck,
  Substitution,
} from '../domain/daemon.ts';
import type { DerivedPath } from '../domain/derived-path.ts';
import type { PathInfo } from '../domain/path-info.ts';
import type { DrvPath, StorePath } from '../domain/store-path.ts';

export type {
  DaemonOptions,
  Greeting,
  Missing,
  Repair,
  SignatureCheck,
  Substitution,
  Trust,
} from '../domain/daemon.ts';

/** A path to be added: what is said of it, and its NAR as it arrives. */
export interface NarSource {
  readonly info: PathInfo;
  /** Exactly `info.narSize` bytes; must be read to its end before the next source is asked for. */
  readonly nar: AsyncIterable<Buffer>;
}

/**
 * A session with a Nix store over the worker protocol. Every call may be made while others wait: requests go out at once,
 * in order, and answers come back in the same order (the daemon reads ahead and answers strictly in sequence).
 *
 * The daemon must greet within 30 s. After that a call may take as long as the daemon does: a build is silent for hours, and any
 * operation may wait for a lock that a garbage collection or another client holds. Who cannot wait closes the session.
 *
 * Any call rejects with ActionError `connection-lost`, `protocol-violation` or `daemon-error`; after one of the first
 * two the session is closed, and every waiting call is rejected with the same error.
 */
export interface Store {
  /** For people: `the local store`, or the store URI. Never holds a secret. */
  readonly label: string;
  /**
   * What the daemon said of itself; rejects when no session came about. No request needs to wait for it: what is asked
   * before goes out with the handshake.
   */
  readonly greeting: Promise<Greeting>;
  /** Whether it can still be asked: false once it was closed, or ended. */
  readonly isOpen: boolean;
  /** Whether nothing is on its way: all that was asked has been sent and answered. */
  readonly isIdle: boolean;

  setOptions(options: DaemonOptions): Promise<void>;
  queryValidPaths(
    paths: readonly StorePath[],
    substitution?: Substitution,
  ): Promise<ReadonlySet<StorePath>>;
  /** Pipelined: one exchange for any number of paths. Paths that are not valid are absent from the answer. */
  queryPathInfos(paths: readonly StorePath[]): Promise<ReadonlyMap<StorePath, PathInfo>>;
  queryMissing(paths: readonly DerivedPath[]): Promise<Missing>;
  /** Pipelined. `undefined` for an output whose path is not known yet (floating content-addressed). */
  queryDerivationOutputMaps(
    drvPaths: readonly DrvPath[],
  ): Promise<ReadonlyMap<DrvPath, ReadonlyMap<string, StorePath | undefined>>>;
  /**
   * The NARs of these paths, in this order, pipelined with a bounded amount read ahead. Each NAR is checked while it passes:
   * its structure, size and SHA-256 against `info`; a mismatch throws ActionError `nar-hash-mismatch` or `nar-invalid`,
   * naming the path, before its last byte is handed on.
   */
  nars(infos: readonly PathInfo[]): AsyncIterable<NarSource>;
  /**
   * One AddMultipleToStore. References first. With `repair` paths that are valid are replaced by what comes; a daemon does that for
   * everybody, under the same check.
   */
  addMultipleToStore(
    count: number,
    sources: AsyncIterable<NarSource>,
    check: SignatureCheck,
    repair?: Repair,
  ): Promise<void>;
  /**
   * Stores the log of a build, where `nix log` looks for it. `daemon-error` where the daemon does not trust us. Waits for the greeting;
   * below protocol 1.35, which does not say whether it does, the first log takes a moment longer.
   */
  addBuildLog(drvPath: DrvPath, chunks: AsyncIterable<Buffer>): Promise<void>;
  /** Pipelined. */
  addTempRoots(paths: readonly StorePath[]): Promise<void>;
  /** Protects what the symlink points to from garbage collection, as long as the link exists. */
  addIndirectRoot(link: string): Promise<void>;
  /** Pipelined; has the store substitute what is not valid. */
  ensurePaths(paths: readonly StorePath[]): Promise<void>;
  /** Pipelined. */
  addSignatures(path: StorePath, signatures: readonly string[]): Promise<void>;
  registerDrvOutput(realisation: string): Promise<void>;
  /**
   * Builds; one result for each path that was started or decided. A failed build is a result, not a rejection.
   * Below protocol 1.34 results are put together from BuildPaths and queries. `onEvent` hears what the daemon tells meanwhile.
   * The one request that depends on the daemon's version: asked before the greeting is there, it waits for that.
   */
  build(
    paths: readonly DerivedPath[],
    mode: BuildMode,
    onEvent?: DaemonListener,
  ): Promise<readonly BuildResult[]>;
  /**
   * BuildPaths as it is, which answers for all paths together. Rejects with the daemon's one error for whatever failed: an ActionError
   * whose `cause` is the NixError.
   */
  buildPaths(
    paths: readonly DerivedPath[],
    mode: BuildMode,
    onEvent?: DaemonListener,
  ): Promise<void>;
  /** Closes hard: whatever the daemon is doing for this session ends. Idempotent; waiting calls are rejected. */
  close(reason?: Error): void;
}
