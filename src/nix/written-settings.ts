import { readFile } from 'node:fs/promises';
import { parseNixConf, type NixConfSetting } from './nix-conf-lines.ts';
import { confFiles } from './user-conf-files.ts';
import type { NixVersion } from './version.ts';

/**
 * What Nix on this machine is told, line by line, without asking it: by its files, by NIX_CONFIG, and by `extraConfig`, which goes in
 * front of the files of the user.
 * @returns undefined where that cannot be told: a line is none of Nix's, or a file includes another
 */
export async function writtenSettings(
  env: Readonly<Record<string, string>>,
  version: NixVersion,
  extraConfig: string,
): Promise<readonly NixConfSetting[] | undefined> {
  const files = await confFiles(env, version);
  const texts = await Promise.all(files.map(readIfThere));
  const all = [...texts, extraConfig, env['NIX_CONFIG'] ?? ''];
  if (all.some((text) => /^\s*!?include\s/m.test(text))) return undefined;
  try {
    return all.flatMap((text) => parseNixConf(text, 'nix.conf'));
  } catch {
    return undefined;
  }
}

/** What cannot be read is not read by Nix either. */
function readIfThere(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}
