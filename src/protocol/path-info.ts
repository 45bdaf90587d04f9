import type { PathInfo } from '../domain/path-info.ts';
import { isStorePath, type StorePath } from '../domain/store-path.ts';
import { type Decoding, violation, type WireReader } from './wire-reader.ts';
import type { WireWriter } from './wire-writer.ts';

const SHA256_HEX = /^[0-9a-f]{64}$/;

/** Longer than any store path, shorter than anything that hurts. */
const PATH_LIMIT = 1024;

/** A store path; anything else a peer says in its place is a violation. */
export function* readStorePath(reader: WireReader): Decoding<StorePath> {
  const text = yield* reader.string(PATH_LIMIT);
  if (!isStorePath(text)) throw violation(`${JSON.stringify(text)} where a store path belongs`);
  return text;
}

/** An empty string is `undefined`. */
export function* readOptionalStorePath(reader: WireReader): Decoding<StorePath | undefined> {
  const text = yield* reader.string(PATH_LIMIT);
  if (text === '') return undefined;
  if (!isStorePath(text)) throw violation(`${JSON.stringify(text)} where a store path belongs`);
  return text;
}

export function* readStorePaths(reader: WireReader): Decoding<StorePath[]> {
  return yield* reader.list(() => readStorePath(reader));
}

/** `UnkeyedValidPathInfo`: what QueryPathInfo answers of `path`. */
export function* readPathInfo(reader: WireReader, path: StorePath): Decoding<PathInfo> {
  const deriver = yield* readOptionalStorePath(reader);
  const narHash = yield* reader.string(PATH_LIMIT);
  if (!SHA256_HEX.test(narHash)) {
    throw violation(`${JSON.stringify(narHash)} where the NAR hash of ${path} belongs`);
  }
  return {
    path,
    deriver,
    narHash,
    references: yield* readStorePaths(reader),
    registrationTime: yield* reader.u64(),
    narSize: yield* reader.u64(),
    ultimate: yield* reader.bool(),
    signatures: yield* reader.strings(),
    contentAddress: (yield* reader.string()) || undefined,
  };
}

/** `ValidPathInfo` as of protocol 1.16, which AddMultipleToStore uses whatever was negotiated. */
export function writePathInfo(writer: WireWriter, info: PathInfo): WireWriter {
  return writer
    .string(info.path)
    .string(info.deriver ?? '')
    .string(info.narHash)
    .strings(info.references)
    .u64(info.registrationTime)
    .u64(info.narSize)
    .bool(info.ultimate)
    .strings(info.signatures)
    .string(info.contentAddress ?? '');
}
