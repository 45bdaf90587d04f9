import { ActionError } from '../domain/errors.ts';
import { type NixCommand, runNix } from './nix-command.ts';

/** Who made the `nix` program, and which version of Nix it is or takes itself to be. */
export interface NixVersion {
  readonly vendor: 'nix' | 'lix' | 'determinate';
  /** As printed: `2.34.8`, `2.25.0pre20240910_abcdef`. */
  readonly text: string;
  /** All that is printed of it; Determinate's has a number of its own: `nix (Determinate Nix 3.8.5) 2.30.2`. */
  readonly line: string;
  readonly major: number;
  readonly minor: number;
}

// `nix (Nix) 2.34.8`, `nix (Lix, like Nix) 2.93.0`, `nix (Determinate Nix 3.8.5) 2.30.2`
const VERSION = /^nix \((?<vendor>[^)]*)\) (?<text>(?<major>\d+)\.(?<minor>\d+)\S*)/m;

/** Reads what `nix --version` prints; `undefined` if that is something else. */
export function parseNixVersion(printed: string): NixVersion | undefined {
  const match = VERSION.exec(printed);
  if (match?.groups === undefined) return undefined;
  const [line] = match;
  const { vendor = '', text = '', major = '', minor = '' } = match.groups;
  return { vendor: vendorOf(vendor), text, line, major: Number(major), minor: Number(minor) };
}

/** Whether it is at least Nix `major.minor`. Lix counts apart from 2.90 on: ask for its vendor first where it matters. */
export function isAtLeast(version: NixVersion, major: number, minor: number): boolean {
  return version.major > major || (version.major === major && version.minor >= minor);
}

/**
 * Asks the program for its version.
 * @throws ActionError `nix-missing` if it cannot be run or is no Nix.
 */
export async function nixVersion(
  command: Omit<NixCommand, 'args' | 'onStderr'>,
): Promise<NixVersion> {
  const { stdout } = await runNix({ ...command, args: ['--version'] });
  const version = parseNixVersion(stdout);
  if (version === undefined) {
    throw new ActionError(
      'nix-missing',
      `${command.nix} --version printed no version of Nix: ${JSON.stringify(stdout.slice(0, 200))}`,
      { hint: 'Install Nix, or let install-nix do it.' },
    );
  }
  return version;
}

function vendorOf(text: string): NixVersion['vendor'] {
  if (text.startsWith('Lix')) return 'lix';
  return text.startsWith('Determinate') ? 'determinate' : 'nix';
}
