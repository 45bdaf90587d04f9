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

/** Those that the machine's own files give, as a daemon reads them: what a user says of trust and signatures is nothing to it. */
export function readDaemonSettings(
  command: Omit<NixCommand, 'args' | 'onStderr'>,
): Promise<NixSettings | undefined> {
  const env = { ...command.env, NIX_USER_CONF_FILES: '', NIX_CONFIG: '' };
  return readLocalSettings({ ...command, env });
}
