import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { MAX_SOCKET_PATH } from './private-socket.ts';

const PREFIX = 'nix-remote-build-';

/** The longest name that {@link tunnelName} makes, and its socket's ending. */
const LONGEST_NAME = 'x'.repeat(32) + '.sock';

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

/**
 * A file name for a remote, which Nix shows to people as part of the machine's URI: `builder.example.org-2`.
 * @param index keeps apart what looks the same
 */
export function tunnelName(host: string, index: number): string {
  return `${host.replace(/[^A-Za-z0-9.-]/g, '-').slice(0, 24)}-${index}`;
}
