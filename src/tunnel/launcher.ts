import { writeFile } from 'node:fs/promises';
import { quoteCommand } from '../ssh/shell-quote.ts';

/** There on every system with Nix, NixOS too. */
const SHELL = '/bin/sh';

/** The program that joins Nix to a socket. */
export interface PipeProgram {
  /** Node, by its absolute path: whoever runs Nix has another PATH, or none. */
  readonly node: string;
  /** `dist/pipe/index.js`. */
  readonly script: string;
}

/**
 * Writes the shell script that starts the pipe. It keeps what Nix gets to see short and plain, whatever characters are in the paths
 * of Node and of this action: Nix makes names of lock files from a machine's URI, which 255 bytes have to hold.
 */
export async function writeLauncher(
  file: string,
  { node, script }: PipeProgram,
  { socketPath, label }: { readonly socketPath: string; readonly label: string },
): Promise<void> {
  // What users set for programs of their own in Node could make this one slow, or print.
  const text = `unset NODE_OPTIONS\nexec ${quoteCommand([node, script, socketPath, label])}\n`;
  await writeFile(file, text, { mode: 0o600 });
}

/**
 * The URI with which every Nix since 2.4 uses a launcher in place of `ssh`, as `--store` (`ssh-ng`), for `nix copy`, and as first field
 * of a line of the machines format. Nix runs `remote-program` on this machine if the host is `localhost`, and nothing else
 * (ssh.cc, `fakeSSH`); the shell is named since a folder for temporary files may forbid programs.
 */
export function launcherUri(scheme: 'ssh-ng' | 'ssh', launcher: string): string {
  return `${scheme}://localhost?remote-program=${SHELL}%20${launcher}`;
}
