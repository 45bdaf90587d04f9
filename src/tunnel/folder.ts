import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { MAX_SOCKET_PATH } from './private-socket.ts';

const PREFIX = 'nix-remote-build-';

/** What a tunnel's socket is called at the most, see {@link socketName}. */
const LONGEST_NAME = '.9999';

/**
 * What may stand in a path that Nix is given: it becomes a word of a command line (for bash, below 2.20), a parameter of a URI, and a
 * field of a line of the machines format.
 */
const PLAIN = /^[A-Za-z0-9_./-]+$/;

/**
 * Makes a folder for tunnels, of mode 0700, in `preferred`, or below /tmp where that is too long or holds a character that means
 * something to a shell or in a URI.
 */
export async function makeTunnelFolder(preferred: string): Promise<string> {
  const longest = path.join(preferred, `${PREFIX}XXXXXX`, LONGEST_NAME);
  const fits = Buffer.byteLength(longest) <= MAX_SOCKET_PATH && PLAIN.test(preferred);
  return mkdtemp(path.join(fits ? preferred : '/tmp', PREFIX));
}

export async function removeTunnelFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

/** A file name for the socket of one tunnel of several: short, for the address of a socket holds few bytes. */
export function socketName(index: number): string {
  return `.${index}`;
}
