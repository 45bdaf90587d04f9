import type { StorePath } from '../domain/store-path.ts';
import { readStorePaths } from './path-info.ts';
import { type Decoding, violation, type WireReader } from './wire-reader.ts';
import { WireWriter } from './wire-writer.ts';

/** The protocol of `nix-store --serve` (`serve-protocol.hh`), of which one question is better than the worker protocol's. */
const CLIENT_MAGIC = 0x390c9deb;
const SERVER_MAGIC = 0x5452eecb;

/** 2.5: what differs in later ones is of no concern here, and all of 2.8.0 to 2.34.8 take it. */
const VERSION = 0x205;

const QUERY_CLOSURE = 7;

/** Handshake and question in one: the server reads on after its half of the handshake. */
export function closureRequest(roots: readonly StorePath[]): Buffer {
  return new WireWriter()
    .u64(CLIENT_MAGIC)
    .u64(VERSION)
    .u64(QUERY_CLOSURE)
    .bool(false) // not the outputs of derivations
    .strings(roots)
    .finish();
}

/** @throws ActionError `protocol-violation` if something else than `nix-store --serve` answers. */
export function* readClosure(reader: WireReader): Decoding<StorePath[]> {
  const magic = yield* reader.u64();
  if (magic !== SERVER_MAGIC) throw violation(`0x${magic.toString(16)} for a greeting`);
  yield* reader.u64(); // its version
  return yield* readStorePaths(reader);
}
