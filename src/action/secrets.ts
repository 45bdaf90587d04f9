/** Inputs that hold secrets. */
const SECRET_INPUTS = ['ssh-key', 'ssh-key-passphrase'] as const;

type SecretInput = (typeof SECRET_INPUTS)[number];

export type Secrets = Readonly<Record<SecretInput, string>>;

/**
 * Reads the secret inputs and removes them from the environment, so that nothing started from now on can inherit them.
 * To be called before anything else.
 */
export function takeSecrets(env: NodeJS.ProcessEnv): Secrets {
  const take = (input: SecretInput): string => {
    const name = `INPUT_${input.toUpperCase()}`;
    const value = env[name] ?? '';
    delete env[name];
    return value;
  };
  return { 'ssh-key': take('ssh-key'), 'ssh-key-passphrase': take('ssh-key-passphrase') };
}
