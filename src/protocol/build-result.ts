import { BUILD_STATUSES, type BuildResult, type BuildStatus } from '../domain/build-result.ts';
import type { DerivedPath } from '../domain/derived-path.ts';
import { isStorePath, STORE_DIR, type StorePath } from '../domain/store-path.ts';
import { derivedPathText, parseDerivedPathText } from './derived-path.ts';
import { type ProtocolVersion, SINCE } from './version.ts';
import { type Decoding, violation, type WireReader } from './wire-reader.ts';
import type { WireWriter } from './wire-writer.ts';

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
  const isNonDeterministic = yield* reader.bool();
  const startTime = yield* reader.u64();
  const stopTime = yield* reader.u64();
  const hasCpuTimes = version >= SINCE.cpuTimes;
  const cpuUser = hasCpuTimes ? yield* readOptionalMicroseconds(reader) : undefined;
  const cpuSystem = hasCpuTimes ? yield* readOptionalMicroseconds(reader) : undefined;
  const realisations = yield* reader.stringMap();
  const outputs = realisedOutputs(realisations);
  return {
    path,
    status,
    errorMessage,
    timesBuilt,
    isNonDeterministic,
    startTime,
    stopTime,
    cpuUser,
    cpuSystem,
    outputs,
    realisations,
  };
}

/** What {@link readKeyedBuildResult} reads. */
export function writeKeyedBuildResult(
  writer: WireWriter,
  result: BuildResult,
  version: ProtocolVersion,
): WireWriter {
  writer
    .string(derivedPathText(result.path))
    .u64(BUILD_STATUSES.indexOf(result.status))
    .string(result.errorMessage)
    .u64(result.timesBuilt)
    .bool(result.isNonDeterministic)
    .u64(result.startTime)
    .u64(result.stopTime);
  if (version >= SINCE.cpuTimes) {
    writeOptionalMicroseconds(writer, result.cpuUser);
    writeOptionalMicroseconds(writer, result.cpuSystem);
  }
  return writer.stringMap(result.realisations);
}

/** One that a later Nix has added: those of late (build-result.hh, HashMismatch) are kinds of failure. */
function statusOf(number: number): BuildStatus {
  return BUILD_STATUSES[number] ?? 'misc-failure';
}

function* readOptionalMicroseconds(reader: WireReader): Decoding<number | undefined> {
  const tag = yield* reader.u64();
  if (tag === 0) return undefined;
  if (tag === 1) return yield* reader.u64();
  throw violation(`the option tag ${tag}`);
}

function writeOptionalMicroseconds(writer: WireWriter, microseconds: number | undefined): void {
  if (microseconds === undefined) writer.u64(0);
  else writer.u64(1).u64(microseconds);
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
