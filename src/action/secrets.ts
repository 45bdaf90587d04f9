import * as core from '@actions/core';
import { tokensIn } from '../nix/access-tokens.ts';

/** Inputs that are secrets, or may hold one. */
const SECRET_INPUTS = [
  'ssh-key',
  'ssh-key-passphrase',
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
    'github-token': read('github-token'),
    'extra-nix-config': read('extra-nix-config'),
  };
}

export function isSecretInput(name: string): name is SecretInput {
  return SECRET_INPUTS.some((secret) => secret === name);
}

/**
 * Has GitHub's runner hide tokens in the log of this step and of later ones, which can make Nix show them. It does so by itself only for
 * what comes from its own `secrets`.
 */
export function maskTokens(secrets: Secrets): void {
  const token = secrets['github-token'].trim();
  const all = [token, ...tokensIn(secrets['extra-nix-config'])];
  for (const each of new Set(all)) if (each !== '') core.setSecret(each);
}
