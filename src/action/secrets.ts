/** Inputs that hold secrets. */
type SecretInput = 'ssh-key' | 'ssh-key-passphrase';

export type Secrets = Readonly<Record<SecretInput, string>>;

/**
 * Reads the secret inputs and removes them from the environment, so that nothing started from now on can inherit them.
 * To be called before anything else.
 */
export function takeSecrets(env: NodeJS.ProcessEnv): Secrets {
  const take = (input: SecretInput): string => {
    const name = `INPUT_${input.toUpperCase()}`;
    const value = env[name] ?? '';
    Reflect.deleteProperty(env, name);
    return value;
  };
  return { 'ssh-key': take('ssh-key'), 'ssh-key-passphrase': take('ssh-key-passphrase') };
}
