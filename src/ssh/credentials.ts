import type { PrivateKey } from './private-key.ts';

/** What a user is authenticated with: keys in memory, tried in turn, or an agent (`SSH_AUTH_SOCK`). */
export type Credentials =
  | { readonly kind: 'keys'; readonly keys: readonly PrivateKey[] }
  | { readonly kind: 'agent'; readonly socket: string };
