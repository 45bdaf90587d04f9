import { BUILD_MODES, type BuildMode, type BuildResult } from '../domain/build-result.ts';
import type {
  DaemonOptions,
  Missing,
  Repair,
  SignatureCheck,
  Substitution,
} from '../domain/daemon.ts';
import type { DerivedPath } from '../domain/derived-path.ts';
import type { PathInfo } from '../domain/path-info.ts';
import { type DrvPath, type StorePath, storePathBase } from '../domain/store-path.ts';
import { readKeyedBuildResult } from './build-result.ts';
import { derivedPathText } from './derived-path.ts';
import { OP } from './op.ts';
import { readOptionalStorePath, readPathInfo, readStorePaths } from './path-info.ts';
import type { ProtocolVersion } from './version.ts';
import type { Decoding, WireReader } from './wire-reader.ts';
import { WireWriter } from './wire-writer.ts';

/** One request, and how its answer is read. Requests are the same bytes in every protocol from 1.32 to 1.37. */
export interface Operation<T> {
  /** Nix's name of it. */
  readonly name: string;
  readonly request: Buffer;
  readonly reply: (reader: WireReader) => Decoding<T>;
}

function request(op: number): WireWriter {
  return new WireWriter().u64(op);
}

/** Many operations answer with a 1 that says nothing. */
function* readDone(reader: WireReader): Decoding<void> {
  yield* reader.u64();
}

// eslint-disable-next-line require-yield
function* readNothing(): Decoding<void> {
  return;
}

/** `verboseBuild` is sent as a level, `lvlError` or `lvlVomit`; a daemon takes all but the first for off (remote-store.cc, daemon.cc). */
export const VERBOSE_BUILD = { on: 0, off: 7 } as const;

export function setOptions(options: DaemonOptions): Operation<void> {
  const writer = request(OP.setOptions)
    .bool(options.keepFailed)
    .bool(options.keepGoing)
    .bool(options.tryFallback)
    .u64(options.verbosity)
    .u64(options.maxBuildJobs)
    .u64(options.maxSilentTime)
    .bool(true) // useBuildHook, obsolete
    .u64(options.verboseBuild ? VERBOSE_BUILD.on : VERBOSE_BUILD.off)
    .u64(0) // log type, obsolete
    .u64(0) // printBuildTrace, obsolete
    .u64(options.buildCores)
    .bool(options.useSubstitutes)
    .stringMap(options.overrides);
  return { name: 'SetOptions', request: writer.finish(), reply: readNothing };
}

export function queryValidPaths(
  paths: readonly StorePath[],
  substitution: Substitution,
): Operation<StorePath[]> {
  return {
    name: 'QueryValidPaths',
    request: request(OP.queryValidPaths)
      .strings(paths)
      .bool(substitution === 'substitute')
      .finish(),
    reply: readStorePaths,
  };
}

export function queryPathInfo(path: StorePath): Operation<PathInfo | undefined> {
  return {
    name: 'QueryPathInfo',
    request: request(OP.queryPathInfo).string(path).finish(),
    *reply(reader) {
      return (yield* reader.bool()) ? yield* readPathInfo(reader, path) : undefined;
    },
  };
}

export function queryMissing(paths: readonly DerivedPath[]): Operation<Missing> {
  return {
    name: 'QueryMissing',
    request: request(OP.queryMissing).strings(paths.map(derivedPathText)).finish(),
    *reply(reader) {
      return {
        willBuild: yield* readStorePaths(reader),
        willSubstitute: yield* readStorePaths(reader),
        unknown: yield* readStorePaths(reader),
        downloadSize: yield* reader.u64(),
        narSize: yield* reader.u64(),
      };
    },
  };
}

export type OutputMap = ReadonlyMap<string, StorePath | undefined>;

export function queryDerivationOutputMap(
  drvPath: DrvPath,
): Operation<{ drvPath: DrvPath; outputs: OutputMap }> {
  return {
    name: 'QueryDerivationOutputMap',
    request: request(OP.queryDerivationOutputMap).string(drvPath).finish(),
    *reply(reader) {
      const entry = function* (): Decoding<[string, StorePath | undefined]> {
        return [yield* reader.string(), yield* readOptionalStorePath(reader)];
      };
      return { drvPath, outputs: new Map(yield* reader.list(entry)) };
    },
  };
}

/** The answer is the bare NAR, which `readNar` takes from the wire as it comes. */
export function narFromPath<T>(
  path: StorePath,
  readNar: (reader: WireReader) => Decoding<T>,
): Operation<T> {
  return {
    name: 'NarFromPath',
    request: request(OP.narFromPath).string(path).finish(),
    reply: readNar,
  };
}

/** The request is followed by frames: a count, then for each path its info (1.16 format) and its NAR. */
export function addMultipleToStore(check: SignatureCheck, repair: Repair): Operation<void> {
  return {
    name: 'AddMultipleToStore',
    request: request(OP.addMultipleToStore)
      .bool(repair === 'repair')
      .bool(check === 'no-signature-check')
      .finish(),
    reply: readNothing,
  };
}

/** The request is followed by frames: the text of the log. */
export function addBuildLog(drvPath: DrvPath): Operation<void> {
  const writer = request(OP.addBuildLog).string(storePathBase(drvPath));
  return { name: 'AddBuildLog', request: writer.finish(), reply: readDone };
}

export function addTempRoot(path: StorePath): Operation<void> {
  const writer = request(OP.addTempRoot).string(path);
  return { name: 'AddTempRoot', request: writer.finish(), reply: readDone };
}

export function addIndirectRoot(link: string): Operation<void> {
  const writer = request(OP.addIndirectRoot).string(link);
  return { name: 'AddIndirectRoot', request: writer.finish(), reply: readDone };
}

export function ensurePath(path: StorePath): Operation<void> {
  const writer = request(OP.ensurePath).string(path);
  return { name: 'EnsurePath', request: writer.finish(), reply: readDone };
}

export function addSignatures(path: StorePath, signatures: readonly string[]): Operation<void> {
  const writer = request(OP.addSignatures).string(path).strings(signatures);
  return { name: 'AddSignatures', request: writer.finish(), reply: readDone };
}

export function registerDrvOutput(realisation: string): Operation<void> {
  const writer = request(OP.registerDrvOutput).string(realisation);
  return { name: 'RegisterDrvOutput', request: writer.finish(), reply: readNothing };
}

export function buildPaths(paths: readonly DerivedPath[], mode: BuildMode): Operation<void> {
  const writer = request(OP.buildPaths)
    .strings(paths.map(derivedPathText))
    .u64(BUILD_MODES.indexOf(mode));
  return { name: 'BuildPaths', request: writer.finish(), reply: readDone };
}

/** Since protocol 1.34. */
export function buildPathsWithResults(
  paths: readonly DerivedPath[],
  mode: BuildMode,
  version: ProtocolVersion,
): Operation<BuildResult[]> {
  const writer = request(OP.buildPathsWithResults)
    .strings(paths.map(derivedPathText))
    .u64(BUILD_MODES.indexOf(mode));
  return {
    name: 'BuildPathsWithResults',
    request: writer.finish(),
    *reply(reader) {
      return yield* reader.list(() => readKeyedBuildResult(reader, version));
    },
  };
}
