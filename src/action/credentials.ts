import { readFile } from 'node:fs/promises';
import type { Endpoint } from '../build/access.ts';
import { ActionError, toError } from '../domain/errors.ts';
import type { Credentials } from '../ssh/credentials.ts';
import type { Secrets } from './secrets.ts';

/** As {@link readCredentials}, each key read once: what is read when a connection is made anew is what was there at first. */
export function credentialsReader(
  secrets: Secrets,
  env: NodeJS.ProcessEnv,
): (endpoint: Pick<Endpoint, 'sshKey'>) => Promise<Credentials> {
  const known = new Map<string | undefined, Promise<Credentials>>();
  return ({ sshKey }) => {
    const read = known.get(sshKey) ?? readCredentials(secrets, sshKey, env);
    known.set(sshKey, read);
    return read;
  };
}

/** Whether there is anything to authenticate with, somewhere. */
export function hasCredentials(
  secrets: Secrets,
  endpoints: readonly Endpoint[],
  env: NodeJS.ProcessEnv,
): boolean {
  const own = endpoints.some(({ sshKey }) => sshKey !== undefined);
  return own || secrets['ssh-key'] !== '' || (env['SSH_AUTH_SOCK'] ?? '') !== '';
}

/**
 * What the step authenticates with: the `ssh-key` input, else the file that the machine has as its own, else the agent.
 * @throws ActionError `credentials-missing` when there is none of them, and those of ssh/private-key.ts
 */
async function readCredentials(
  secrets: Secrets,
  sshKey: string | undefined,
  env: NodeJS.ProcessEnv,
): Promise<Credentials> {
  const passphrase = secrets['ssh-key-passphrase'] || undefined;
  if (secrets['ssh-key'] !== '') return keys(secrets['ssh-key'], passphrase);
  if (sshKey !== undefined) return keys(await readKeyFile(sshKey), passphrase);
  const socket = env['SSH_AUTH_SOCK'];
  if (socket !== undefined && socket !== '') return { kind: 'agent', socket };
  throw new ActionError(
    'credentials-missing',
    "Input 'ssh-key' is empty, and there is no SSH agent",
    {
      hint:
        'Secrets are not passed to workflows of pull requests from forks and of Dependabot. In any other workflow, the secret is not ' +
        'defined in this repository, or not under this name.',
    },
  );
}

/** What reads keys brings ssh2 along, which a step that connects to nobody does without. */
async function keys(text: string, passphrase: string | undefined): Promise<Credentials> {
  const { parsePrivateKeys } = await import('../ssh/private-key.ts');
  return { kind: 'keys', keys: parsePrivateKeys(text, passphrase) };
}

async function readKeyFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (thrown) {
    const cause = toError(thrown);
    throw new ActionError('key-invalid', `the key file ${file} cannot be read: ${cause.message}`, {
      cause,
    });
  }
}
