import type { ParsedKey } from 'ssh2';

import type { PrivateKey } from './private-key.ts';

/** What a user is authenticated with: keys in memory, tried in turn, or an agent (`SSH_AUTH_SOCK`). */
export type Credentials =
  | { readonly kind: 'keys'; readonly keys: readonly PrivateKey[] }
  | { readonly kind: 'agent'; readonly socket: string };

/** The key that is tried first, if it is in memory. */
export function firstKey(credentials: Credentials): ParsedKey | undefined {
  return credentials.kind === 'keys' ? credentials.keys[0]?.parsed() : undefined;
}
