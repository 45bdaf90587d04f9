import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import type { Access, Endpoint } from '../build/access.ts';
import { ActionError, toError } from '../domain/errors.ts';
import { MARKER_VARIABLE } from '../nix/leftovers.ts';
import type { OpensshIdentity } from '../ssh/options.ts';
import { credentialsReader } from './credentials.ts';
import type { HostChecks } from './host-keys.ts';
import type { Secrets } from './secrets.ts';

/** Where logging in is done from. */
export interface AccessPlace {
  /** This process's own environment. */
  readonly processEnv: NodeJS.ProcessEnv;
  /** Environment of every child: allow-listed, and marked. */
  readonly env: Readonly<Record<string, string>>;
  /** Whom to log in as where nobody is named. */
  readonly user: string;
  /** Where sockets of a client go; an existing folder of mode 0700. */
  readonly directory: string;
}

/** Access with what the inputs say. Each key is read once: what is read when a connection is made anew is what was there at first. */
export function accessWith(checks: HostChecks, secrets: Secrets, place: AccessPlace): Access {
  const { processEnv, env, user, directory } = place;
  const credentialsFor = credentialsReader(secrets, processEnv);
  if (checks.transport === 'ssh2') {
    return {
      loginFor: async (endpoint) => ({
        transport: 'ssh2',
        user: endpoint.user ?? user,
        credentials: await credentialsFor(endpoint),
        hostKeys: checks.hostKeysOf(endpoint),
      }),
    };
  }
  const cwd = process.cwd();
  const identityFor = async (endpoint: Endpoint): Promise<OpensshIdentity> => {
    const { sshKey } = endpoint;
    if (secrets['ssh-key'] === '' && sshKey === undefined) return { kind: 'configured' };
    if (secrets['ssh-key'] === '' && sshKey !== undefined && !secrets['ssh-key-passphrase']) {
      return { kind: 'file', path: await keyFile(path.resolve(cwd, sshKey)) };
    }
    const credentials = await credentialsFor(endpoint);
    return credentials.kind === 'keys' ? credentials : { kind: 'configured' };
  };
  return {
    loginFor: async (endpoint) => ({
      transport: 'openssh',
      user: endpoint.user,
      identity: await identityFor(endpoint),
      hostKeys: checks.hostKeysOf(endpoint),
      env: withoutTokens(env),
      directory,
    }),
  };
}

/** For `ssh` and the commands of its configuration. Settings of Nix and Git may hold tokens (nix/environment.ts). */
function withoutTokens(env: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const isNeeded = (name: string): boolean =>
    name === MARKER_VARIABLE || !/^(?:NIX|GIT)_/.test(name);
  return Object.fromEntries(Object.entries(env).filter(([name]) => isNeeded(name)));
}

async function keyFile(file: string): Promise<string> {
  if (file.includes('${')) {
    throw new ActionError(
      'key-invalid',
      `the key file ${file} has a name that ssh takes for a variable`,
    );
  }
  try {
    await access(file, constants.R_OK);
    return file;
  } catch (thrown) {
    const cause = toError(thrown);
    throw new ActionError('key-invalid', `the key file ${file} cannot be read: ${cause.message}`, {
      cause,
    });
  }
}
