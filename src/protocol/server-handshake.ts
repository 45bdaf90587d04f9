import { CLIENT_MAGIC, SERVER_MAGIC } from './handshake.ts';
import { type ProtocolVersion, SINCE } from './version.ts';
import { type Decoding, violation, type WireReader } from './wire-reader.ts';
import { WireWriter } from './wire-writer.ts';

/** A server's side of the handshake, and a client's where it is said in steps. */

/** A client's first word; Nix before 2.26 waits for the answer before it says more. */
export const CLIENT_MAGIC_BYTES = new WireWriter().u64(CLIENT_MAGIC).finish();

/** @throws ActionError `protocol-violation` if somebody else than a Nix client has connected */
export function* readClientMagic(reader: WireReader): Decoding<void> {
  const magic = yield* reader.u64big();
  if (magic !== BigInt(CLIENT_MAGIC)) throw violation('this is not a Nix client');
}

/** What a daemon answers to the magic. */
export function writeDaemonVersion(version: ProtocolVersion): Buffer {
  return new WireWriter().u64(SERVER_MAGIC).u64(version).finish();
}

/** How a client says which protocol it speaks. */
export function writeClientVersion(version: ProtocolVersion): Buffer {
  return new WireWriter().u64(version).finish();
}

/** Passes over what a client says before its first request, from 1.14 to 1.37: CPU affinity and reserved space, both obsolete. */
export function* skipClientHello(reader: WireReader): Decoding<void> {
  const hasAffinity = yield* reader.bool();
  if (hasAffinity) yield* reader.u64();
  yield* reader.u64();
}

/** What a server that stands for no daemon says of itself; LAST or an error follows. */
export function writeWelcome(version: ProtocolVersion): Buffer {
  const writer = new WireWriter();
  if (version >= SINCE.daemonVersion) writer.string('unknown');
  if (version >= SINCE.trust) writer.u64(0); // whether it trusts the client: not said
  return writer.finish();
}
