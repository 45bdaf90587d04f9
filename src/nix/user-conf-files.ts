import { randomBytes } from 'node:crypto';
import { stat, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import path from 'node:path';
import { ActionError } from '../domain/errors.ts';
import { isAtLeast, type NixVersion } from './version.ts';

/**
 * Writes a configuration, which may hold a secret, for nobody but this user. Several steps of a job may have one each.
 * @param folder a folder of this job: `RUNNER_TEMP`, or a private one below it
 * @returns its path
 */
export async function writeNixConf(folder: string, text: string): Promise<string> {
  const file = path.join(folder, `nix-remote-build-${randomBytes(6).toString('hex')}.conf`);
  await writeFile(file, text, { mode: 0o600, flag: 'wx' });
  return file;
}

/**
 * The value of NIX_USER_CONF_FILES with which Nix reads `file` as the last, so that it wins, and before it all that it reads without us.
 *
 * Nix applies its system's nix.conf, then the files of this list from the last to the first, then NIX_CONFIG (globals.cc, `loadConfFile`).
 * When the variable is set it looks nowhere else, so the files that it would find by itself are named too.
 * @param file absolute and without `:`
 * @param env the environment in which Nix will run
 */
export async function userConfFiles(
  file: string,
  env: Readonly<Record<string, string | undefined>>,
  version: NixVersion,
): Promise<string> {
  if (file.includes(':')) {
    throw new ActionError(
      'internal',
      `Nix cannot read a configuration whose path holds ':': ${file}`,
      {
        hint: 'Set RUNNER_TEMP to a folder whose path has none.',
      },
    );
  }
  const inherited = env['NIX_USER_CONF_FILES'];
  const others = inherited === undefined ? await defaultFiles(env, version) : splitPath(inherited);
  return [file, ...others.filter((other) => other !== file)].join(':');
}

/** All files that Nix reads for its settings: the system's, and the user's. */
export async function confFiles(
  env: Readonly<Record<string, string | undefined>>,
  version: NixVersion,
): Promise<readonly string[]> {
  const inherited = env['NIX_USER_CONF_FILES'];
  const users = inherited === undefined ? await defaultFiles(env, version) : splitPath(inherited);
  return [`${env['NIX_CONF_DIR'] ?? '/etc/nix'}/nix.conf`, ...users];
}

/** Newer Nix takes an empty entry for the working directory (executable-path.cc), older for nothing; neither can read it. */
function splitPath(list: string): readonly string[] {
  return list.split(':').filter((entry) => entry !== '');
}

/** Where Nix looks by itself (users.cc, `getConfigDirs`). */
async function defaultFiles(
  env: Readonly<Record<string, string | undefined>>,
  version: NixVersion,
): Promise<readonly string[]> {
  const shared = splitPath(env['XDG_CONFIG_DIRS'] ?? '/etc/xdg').map((folder) => `${folder}/nix`);
  const folders = [await configFolder(env, version), ...shared];
  return folders.map((folder) => `${folder}/nix.conf`);
}

async function configFolder(
  env: Readonly<Record<string, string | undefined>>,
  version: NixVersion,
): Promise<string> {
  const ownVariable = version.vendor !== 'lix' && isAtLeast(version, 2, 25);
  const named = ownVariable ? env['NIX_CONFIG_HOME'] : undefined;
  if (named !== undefined) return named;
  const shared = env['XDG_CONFIG_HOME'];
  return shared === undefined ? `${await homeFolder(env, version)}/.config/nix` : `${shared}/nix`;
}

/** From 2.11 on Nix leaves a HOME that is somebody else's, as in job containers, for that of the user database. */
async function homeFolder(
  env: Readonly<Record<string, string | undefined>>,
  version: NixVersion,
): Promise<string> {
  const home = env['HOME'];
  if (home === undefined) return userInfo().homedir;
  if (!isAtLeast(version, 2, 11)) return home;
  const owner = await stat(home).catch(() => undefined);
  return owner === undefined || owner.uid === process.geteuid?.() ? home : userInfo().homedir;
}
