import type { TextCause } from '../cause.ts';
import { OPENSSH_LOGIN_TEXTS } from './openssh-login.ts';
import { OPENSSH_REACH_TEXTS } from './openssh-reach.ts';

/** What the OpenSSH client says, in later steps, in hooks and with `transport: openssh`. */
export const OPENSSH_TEXTS: readonly TextCause[] = [...OPENSSH_REACH_TEXTS, ...OPENSSH_LOGIN_TEXTS];
