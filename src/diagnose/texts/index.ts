import type { TextCause } from '../cause.ts';
import { BUILD_TEXTS } from './build.ts';
import { DAEMON_TEXTS } from './daemon.ts';
import { EVALUATION_TEXTS } from './evaluation.ts';
import { MACHINE_TEXTS } from './machines.ts';
import { OPENSSH_TEXTS } from './openssh.ts';
import { STORE_TEXTS } from './store.ts';

/** All texts of others that are known. Their patterns exclude one another on every example. */
export const TEXT_CAUSES: readonly TextCause[] = [
  ...OPENSSH_TEXTS,
  ...DAEMON_TEXTS,
  ...MACHINE_TEXTS,
  ...EVALUATION_TEXTS,
  ...BUILD_TEXTS,
  ...STORE_TEXTS,
];
