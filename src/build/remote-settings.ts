import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { RemoteStoreUri } from '../domain/store-uri.ts';
import { parseSettings, type NixSettings } from '../nix/settings.ts';
import type { SshConnection } from '../ssh/connection.ts';

/** How long the remote may take to print its settings, in milliseconds. */
const SETTINGS_TIMEOUT = 10_000;

/**
 * Runs `nix config show` there. A user with a forced command gets that command instead, which ends with its input.
 * @returns undefined where that tells nothing; never rejects
 */
export async function readRemoteSettings(
  connection: SshConnection,
  uri: Pick<RemoteStoreUri, 'remoteProgram'>,
): Promise<NixSettings | undefined> {
  try {
    const stream = await connection.exec(settingsCommand(uri));
    stream.duplex.end();
    const timer = setTimeout(() => stream.duplex.destroy(), SETTINGS_TIMEOUT).unref();
    try {
      const printed = await text(stream.duplex);
      await stream.exit;
      return settingsOf(printed);
    } finally {
      clearTimeout(timer);
    }
  } catch {
    return undefined;
  }
}

/** What a remote prints instead of nothing where Nix's default for `builders` names a file that is there. */
const HAS_MACHINES = '# machines\n';

/** Nix's default for `builders` names a file that most machines do not have: then it is none. */
function settingsOf(printed: string): NixSettings | undefined {
  const hasMachines = printed.startsWith(HAS_MACHINES);
  const settings = parseSettings(hasMachines ? printed.slice(HAS_MACHINES.length) : printed);
  const isDefault = settings?.get('builders') === '@/etc/nix/machines';
  return settings && isDefault && !hasMachines
    ? new Map([...settings, ['builders', '']])
    : settings;
}

/** Nix before 2.20 knows `show-config`, later ones `config show`. */
function settingsCommand(uri: Pick<RemoteStoreUri, 'remoteProgram'>): string {
  const program = uri.remoteProgram[0] ?? '';
  const nix = program.includes('/') ? path.posix.join(path.posix.dirname(program), 'nix') : 'nix';
  const flags = '--extra-experimental-features nix-command --json';
  const machines = `test -s /etc/nix/machines && echo '${HAS_MACHINES.trim()}'`;
  return `${machines}; ${nix} config show ${flags} 2>/dev/null || ${nix} show-config ${flags} 2>/dev/null`;
}
