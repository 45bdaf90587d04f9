import { type NixCommand, runNix } from './nix-command.ts';
import { parseSettings, type NixSettings } from './settings.ts';

/** Nix from 2.20 on says `config show`, before it `show-config`. */
const SPELLINGS = [['config', 'show'], ['show-config']] as const;

/** The settings of Nix on this machine, as nix.conf and the environment make them; undefined if they cannot be read. */
export async function readLocalSettings(
  command: Omit<NixCommand, 'args' | 'onStderr'>,
): Promise<NixSettings | undefined> {
  for (const words of SPELLINGS) {
    const args = [...words, '--json', '--extra-experimental-features', 'nix-command'];
    const { exitCode, stdout } = await runNix({ ...command, args });
    if (exitCode === 0) return parseSettings(stdout);
  }
  return undefined;
}
