import { BUILD_MODES, type BuildMode } from '../domain/build-result.ts';
import type { DaemonOptions } from '../domain/daemon.ts';
import type { DerivedPath } from '../domain/derived-path.ts';
import { asDerivedPath } from './derived-path.ts';
import { readFrames } from './framed.ts';
import { VERBOSE_BUILD } from './operations.ts';
import { type Part, REQUEST_SHAPES } from './request-shapes.ts';
import type { Decoding, WireReader } from './wire-reader.ts';
import { paddedLength } from './wire-writer.ts';

/** A server's side of requests: each function reads what follows the number of the operation. */

/**
 * Passes over a request. Whatever its size, nothing of it is held in memory.
 * @returns `unknown` for an operation of which it is not known where it ends: then nothing was taken.
 */
export function* skipRequest(reader: WireReader, op: number): Decoding<'known' | 'unknown'> {
  const shape = REQUEST_SHAPES.get(op);
  if (!shape) return 'unknown';
  for (const part of shape) yield* skipPart(reader, part);
  return 'known';
}

/** What BuildPaths and BuildPathsWithResults ask for. */
export interface BuildPathsRequest {
  readonly paths: readonly DerivedPath[];
  readonly mode: BuildMode;
}

/**
 * Reads a request to build (BuildPaths, BuildPathsWithResults).
 * @returns undefined if it asks for more than a {@link DerivedPath} can say, as outputs of a derivation that is an output itself
 *   (`x.drv!out!out`), or in a mode that nobody knows.
 */
export function* readBuildRequest(reader: WireReader): Decoding<BuildPathsRequest | undefined> {
  reader.beginMessage();
  const texts = yield* reader.strings();
  const mode = BUILD_MODES[yield* reader.u64()];
  const paths = texts.map(asDerivedPath).filter((path) => path !== undefined);
  return mode === undefined || paths.length < texts.length ? undefined : { paths, mode };
}

/** Reads what SetOptions sets. */
export function* readSetOptions(reader: WireReader): Decoding<DaemonOptions> {
  reader.beginMessage();
  const keepFailed = yield* reader.bool();
  const keepGoing = yield* reader.bool();
  const tryFallback = yield* reader.bool();
  const verbosity = yield* reader.u64();
  const maxBuildJobs = yield* reader.u64();
  const maxSilentTime = yield* reader.u64();
  yield* reader.u64(); // useBuildHook, obsolete
  const verboseBuild = (yield* reader.u64()) === VERBOSE_BUILD.on;
  yield* reader.u64(); // log type, obsolete
  yield* reader.u64(); // printBuildTrace, obsolete
  return {
    keepFailed,
    keepGoing,
    tryFallback,
    verbosity,
    verboseBuild,
    maxBuildJobs,
    maxSilentTime,
    buildCores: yield* reader.u64(),
    useSubstitutes: yield* reader.bool(),
    overrides: yield* reader.stringMap(),
  };
}

function* skipPart(reader: WireReader, part: Part): Decoding<void> {
  reader.beginMessage();
  switch (part) {
    case 'number':
      yield* reader.skip(8); // not read: CollectGarbage's maxFreed is 2^64 - 1
      return;
    case 'string':
      yield* skipString(reader);
      return;
    case 'strings':
      yield* skipStrings(reader, 1);
      return;
    case 'map':
      yield* skipStrings(reader, 2);
      return;
    case 'derivation':
      yield* skipDerivation(reader);
      return;
    case 'frames':
      yield* readFrames(reader, () => undefined);
  }
}

/** `BasicDerivation`, as BuildDerivation sends it. */
function* skipDerivation(reader: WireReader): Decoding<void> {
  yield* skipStrings(reader, 4); // outputs: name, path, hash algorithm, hash
  yield* skipStrings(reader, 1); // sources
  yield* skipString(reader); // platform
  yield* skipString(reader); // builder
  yield* skipStrings(reader, 1); // arguments
  yield* skipStrings(reader, 2); // environment
}

/** A count of items, each of so many strings. */
function* skipStrings(reader: WireReader, stringsPerItem: number): Decoding<void> {
  const count = yield* reader.u64();
  for (let left = count * stringsPerItem; left > 0; left--) yield* skipString(reader);
}

function* skipString(reader: WireReader): Decoding<void> {
  reader.beginMessage(); // it is not kept, so nothing adds up
  yield* reader.skip(paddedLength(yield* reader.u64()));
}
