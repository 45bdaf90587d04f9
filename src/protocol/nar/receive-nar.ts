import { createHash } from 'node:crypto';
import { ActionError } from '../../domain/errors.ts';
import type { PathInfo } from '../../domain/path-info.ts';
import type { Decoding, WireReader } from '../wire-reader.ts';
import { readNar } from './nar-reader.ts';

/**
 * Reads the NAR of a path from the wire and checks it against what is known of the path: structure, size and SHA-256. Its bytes go to
 * `onBytes` uncopied as they come, except that the last ones are held back until the whole was found right, so that nothing
 * downstream ever holds a complete wrong NAR.
 * @returns `nar-hash-mismatch` if only the hash is wrong: the wire is at the NAR's end all the same, and the session goes on.
 * @throws ActionError `nar-invalid`: where this NAR ends is unknown, and with it everything that follows.
 */
export function* receiveNar(
  reader: WireReader,
  info: PathInfo,
  onBytes: (bytes: Buffer) => void,
): Decoding<ActionError | undefined> {
  const hash = createHash('sha256');
  let held: Buffer | undefined;
  reader.beginTee((bytes) => {
    hash.update(bytes);
    if (held) onBytes(held);
    held = bytes;
  });
  try {
    yield* readNar(reader, info.narSize);
  } catch (error) {
    throw error instanceof ActionError && error.code === 'nar-invalid'
      ? new ActionError('nar-invalid', `the NAR of ${info.path} is damaged: ${error.message}`)
      : error;
  } finally {
    reader.endTee();
  }
  const actual = hash.digest('hex');
  if (actual !== info.narHash) return hashMismatch(info, actual);
  if (held) onBytes(held);
  return undefined;
}

function hashMismatch(info: PathInfo, actual: string): ActionError {
  return new ActionError(
    'nar-hash-mismatch',
    `the NAR of ${info.path} has SHA-256 ${actual}, but ${info.narHash} was announced`,
    {
      hint: 'The path is damaged in the store it came from: run nix-store --verify --check-contents --repair there.',
    },
  );
}
