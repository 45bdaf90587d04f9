import type { TextCause } from '../cause.ts';
import { TRUST_TEXTS } from './trust.ts';
import { GREETING_TEXTS } from './greeting.ts';

/** Between a client and a Nix daemon: its start, its greeting, and whom it trusts. */
export const DAEMON_TEXTS: readonly TextCause[] = [...GREETING_TEXTS, ...TRUST_TEXTS];
