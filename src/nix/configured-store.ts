import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** A line that names a store, or another file that may. */
const NAMES_STORE = /^\s*(?:store\s*=|!?include\s)/m;

/**
 * Whether a configuration may say which store Nix uses. If none does, NIX_REMOTE decides, and what that says stays on this side: a setting
 * is sent to the daemon, whose build hook then takes it for the store that it works for. With `store = daemon` it waits for itself.
 */
export async function mayConfigureStore(env: NodeJS.ProcessEnv): Promise<boolean> {
  const files = [`${env['NIX_CONF_DIR'] ?? '/etc/nix'}/nix.conf`, ...userFiles(env)];
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  return [env['NIX_CONFIG'] ?? '', ...texts].some((text) => NAMES_STORE.test(text));
}

/** All places in which one Nix or another looks (users.cc, `getConfigDirs`; globals.cc, `getUserConfigFiles`). */
function userFiles(env: NodeJS.ProcessEnv): readonly string[] {
  const listed = env['NIX_USER_CONF_FILES'];
  if (listed !== undefined) return listed.split(':').filter((file) => file !== '');
  const home = env['XDG_CONFIG_HOME'] ?? path.join(env['HOME'] ?? '/', '.config');
  const shared = (env['XDG_CONFIG_DIRS'] ?? '/etc/xdg').split(':');
  const folders = [home, ...shared].map((folder) => `${folder}/nix`);
  return [...folders, env['NIX_CONFIG_HOME'] ?? ''].map((folder) => `${folder}/nix.conf`);
}
