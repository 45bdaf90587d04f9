import * as core from '@actions/core';
import { tokensIn } from '../nix/access-tokens.ts';
import type { Secrets } from './secrets.ts';

/**
 * Has GitHub's runner hide tokens in the log of this step and of later ones, which can make Nix show them. It does so by itself only for
 * what comes from its own `secrets`.
 */
export function maskTokens(secrets: Secrets): void {
  const token = secrets['github-token'].trim();
  const signingKey = secrets['signing-key'].trim();
  const all = [
    token,
    signingKey,
    signingKey.slice(signingKey.indexOf(':') + 1),
    ...tokensIn(secrets['extra-nix-config']),
  ];
  for (const each of new Set(all)) if (each !== '') core.setSecret(each);
}
