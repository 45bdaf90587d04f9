import type { Greeting, Trust } from '../domain/daemon.ts';
import { ActionError } from '../domain/errors.ts';
import { printable } from '../domain/text.ts';
import { daemonError } from './daemon-error.ts';
import { readMessages } from './messages.ts';
import {
  ADVERTISED,
  nixOfProtocol,
  OLDEST,
  type ProtocolVersion,
  protocolText,
  SINCE,
} from './version.ts';
import { type Decoding, violation, type WireReader } from './wire-reader.ts';
import { WireWriter } from './wire-writer.ts';

export const CLIENT_MAGIC = 0x6e697863;
export const SERVER_MAGIC = 0x6478696f;
const SERVER_MAGIC_BYTES = new WireWriter().u64(SERVER_MAGIC).finish();

/**
 * Everything a client says in the handshake: magic, version, no CPU affinity, no reserved space. With 1.37 nothing in it
 * depends on an answer, so it goes out with the first requests: handshake and first answer take one round trip.
 */
export function clientHello(version: ProtocolVersion = ADVERTISED): Buffer {
  return new WireWriter().u64(CLIENT_MAGIC).u64(version).u64(0).u64(0).finish();
}

/**
 * Reads the daemon's half of the handshake.
 * @throws ActionError `protocol-mismatch` when something else than a daemon speaks first, `protocol-too-old`, or what the
 *   daemon reports (`daemon-error`).
 */
export function* readGreeting(
  reader: WireReader,
  label: string,
  ours: ProtocolVersion = ADVERTISED,
): Decoding<Greeting> {
  const theirs = yield* readDaemonVersion(reader, label);
  if (!isSpoken(theirs)) throw tooOld(theirs, label);
  return yield* readWelcome(reader, label, Math.min(theirs, ours));
}

/** The first thing that a daemon says: its magic, and which protocol it speaks. */
export function* readDaemonVersion(reader: WireReader, label: string): Decoding<ProtocolVersion> {
  while (reader.available < SERVER_MAGIC_BYTES.length) yield;
  const start = reader.peek(4096);
  if (!start.subarray(0, 8).equals(SERVER_MAGIC_BYTES)) throw mismatch(start, label);
  yield* reader.skip(SERVER_MAGIC_BYTES.length);
  return yield* reader.u64();
}

/** Whether this project can speak a protocol that the other side speaks. */
export function isSpoken(version: ProtocolVersion): boolean {
  return version >> 8 === ADVERTISED >> 8 && version >= OLDEST;
}

/** What a daemon says once it knows which protocol both sides speak. */
export function* readWelcome(
  reader: WireReader,
  label: string,
  protocolVersion: ProtocolVersion,
): Decoding<Greeting> {
  const nixVersion =
    protocolVersion >= SINCE.daemonVersion ? printable(yield* reader.string(256)) : undefined;
  const trust = protocolVersion >= SINCE.trust ? yield* readTrust(reader) : 'unknown';
  const error = yield* readMessages(reader);
  if (error) throw daemonError(label, error);
  return { protocolVersion, nixVersion, trust };
}

function* readTrust(reader: WireReader): Decoding<Trust> {
  const trust = yield* reader.u64();
  switch (trust) {
    case 0:
      return 'unknown';
    case 1:
      return 'trusted';
    case 2:
      return 'untrusted';
    default:
      throw violation(`the trust flag ${trust}`);
  }
}

/** Typically a shell's start file that prints something, also where nobody looks. */
function mismatch(start: Buffer, label: string): ActionError {
  const end = start.indexOf(SERVER_MAGIC_BYTES);
  const noise = printable(start.subarray(0, end === -1 ? undefined : end).toString());
  return new ActionError(
    'protocol-mismatch',
    `${label}: expected a Nix daemon, but the first output is "${noise}"`,
    {
      hint:
        'Something on the remote prints to standard output before nix-daemon speaks, usually a shell start file ' +
        '(.bashrc, .profile, /etc/profile.d). It must print nothing in non-interactive shells.',
    },
  );
}

function tooOld(version: ProtocolVersion, label: string): ActionError {
  if (version >> 8 !== ADVERTISED >> 8) {
    return new ActionError(
      'protocol-mismatch',
      `${label}: the daemon speaks worker protocol ${protocolText(version)}; 1.32 or a later 1.x is needed`,
    );
  }
  return new ActionError(
    'protocol-too-old',
    `${label}: the daemon speaks worker protocol ${protocolText(version)} (${nixOfProtocol(version)}); ` +
      `${protocolText(OLDEST)} (Nix 2.4) or newer is needed`,
    { hint: 'Upgrade Nix on that machine to 2.4 or newer, and restart its nix-daemon.' },
  );
}
