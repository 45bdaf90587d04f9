import { BUILD_STATUSES, type BuildResult, type BuildStatus } from '../domain/build-result.ts';
import type { DerivedPath } from '../domain/derived-path.ts';
import { isStorePath, STORE_DIR, type StorePath } from '../domain/store-path.ts';
import { parseDerivedPathText } from './derived-path.ts';
import { type ProtocolVersion, SINCE } from './version.ts';
import { type Decoding, violation, type WireReader } from './wire-reader.ts';

/** `KeyedBuildResult`: one element of what BuildPathsWithResults answers. */
export function* readKeyedBuildResult(
  reader: WireReader,
  version: ProtocolVersion,
): Decoding<BuildResult> {
  const path = parseDerivedPathText(yield* reader.string());
  return yield* readBuildResult(reader, version, path);
}

/** `BuildResult` as every protocol since 1.29 has it, with the processor times of 1.37. */
export function* readBuildResult(
  reader: WireReader,
  version: ProtocolVersion,
  path: DerivedPath,
): Decoding<BuildResult> {
  const status = statusOf(yield* reader.u64());
  const errorMessage = yield* reader.string();
  const timesBuilt = yield* reader.u64();
  yield* reader.u64(); // isNonDeterministic: the status says so too
  const startTime = yield* reader.u64();
  const stopTime = yield* reader.u64();
  if (version >= SINCE.cpuTimes) {
    yield* readOptionalMicroseconds(reader); // cpuUser
    yield* readOptionalMicroseconds(reader); // cpuSystem
  }
  const realisations = yield* reader.stringMap();
  const outputs = realisedOutputs(realisations);
  return {
    path,
    status,
    errorMessage,
    timesBuilt,
    startTime,
    stopTime,
    outputs,
    realisations,
  };
}

/** One that a later Nix has added: those of late (build-result.hh, HashMismatch) are kinds of failure. */
function statusOf(number: number): BuildStatus {
  return BUILD_STATUSES[number] ?? 'misc-failure';
}

function* readOptionalMicroseconds(reader: WireReader): Decoding<void> {
  const tag = yield* reader.u64();
  if (tag === 1) yield* reader.u64();
  else if (tag !== 0) throw violation(`the option tag ${tag}`);
}

function realisedOutputs(realisations: ReadonlyMap<string, string>): Map<string, StorePath> {
  const outputs = new Map<string, StorePath>();
  for (const [id, json] of realisations) {
    outputs.set(id.slice(id.indexOf('!') + 1), outPathOf(json));
  }
  return outputs;
}

/** A realisation's `outPath` is the name within the store's folder. */
function outPathOf(json: string): StorePath {
  const realisation = parseObject(json);
  const outPath = 'outPath' in realisation ? realisation.outPath : undefined;
  const path = typeof outPath === 'string' ? `${STORE_DIR}/${outPath}` : '';
  if (!isStorePath(path)) throw violation(`the realisation ${JSON.stringify(json.slice(0, 200))}`);
  return path;
}

function parseObject(json: string): object {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // said below
  }
  throw violation(`${JSON.stringify(json.slice(0, 200))} where a realisation belongs`);
}
