/** Inputs that are secrets, or may hold one. */
const SECRET_INPUTS = [
  'ssh-key',
  'ssh-key-passphrase',
  'signing-key',
  'github-token',
  'extra-nix-config',
] as const;

type SecretInput = (typeof SECRET_INPUTS)[number];

/** Their texts, as they were given. */
export type Secrets = Readonly<Record<SecretInput, string>>;

/**
 * Reads the secret inputs and removes them from the environment, so that nothing started from now on can inherit them.
 * To be called before anything else.
 */
export function takeSecrets(env: NodeJS.ProcessEnv): Secrets {
  return secretsOf((input) => {
    const name = `INPUT_${input.toUpperCase()}`;
    const value = env[name] ?? '';
    Reflect.deleteProperty(env, name);
    return value;
  });
}

/** The secrets among inputs that came another way. */
export function secretsOf(read: (input: SecretInput) => string): Secrets {
  return {
    'ssh-key': read('ssh-key'),
    'ssh-key-passphrase': read('ssh-key-passphrase'),
    'signing-key': read('signing-key'),
    'github-token': read('github-token'),
    'extra-nix-config': read('extra-nix-config'),
  };
}

export function isSecretInput(name: string): name is SecretInput {
  return SECRET_INPUTS.some((secret) => secret === name);
}
