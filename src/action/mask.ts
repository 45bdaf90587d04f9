import * as core from '@actions/core';
import { tokensIn } from '../nix/access-tokens.ts';
import type { Secrets } from './secrets.ts';

/**
 * Has GitHub's runner hide tokens, and logins of binary caches, in the log of this step and of later ones, which can make Nix show them. It does so by itself only for
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
    ...loginsIn(core.getInput('push-to')),
  ];
  for (const each of new Set(all)) if (each !== '') core.setSecret(each);
}

/** Shorter ones are no secrets, and hidden they would make a log unreadable: `https://TOKEN:x@host`. */
const SHORTEST = 4;

/** User names of this length are rather tokens, also with a password: `https://TOKEN:x-oauth-basic@host`. */
const TOKEN_LENGTH = 16;

/** What is secret of the logins in `push-to`, as written and as sent. */
export function loginsIn(pushTo: string): readonly string[] {
  const logins = pushTo.matchAll(/\b(?:https?|s3):\/\/([^/?#\s]*)@/gi);
  const parts = [...logins].flatMap(([, login = '']) => {
    const [, user = '', password] = /^([^:]*)(?::(.*))?$/s.exec(login) ?? [];
    const isToken = !password || user.length >= TOKEN_LENGTH;
    return [login, password ?? '', isToken ? user : ''];
  });
  return parts.flatMap((part) => [part, decoded(part)]).filter(({ length }) => length >= SHORTEST);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
