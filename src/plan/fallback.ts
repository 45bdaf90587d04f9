import type { ActionError, ErrorCode } from '../domain/errors.ts';
import { whoGetsNoSecrets, type WorkflowEvent } from './workflow-event.ts';

/** The input `fallback`: what may keep a step from its remotes without failing it. */
export const FALLBACKS = ['forks', 'unreachable', 'never'] as const;

export type Fallback = (typeof FALLBACKS)[number];

/** What a remote that cannot be had looks like: no name, no connection, no word. */
const UNREACHABLE: ReadonlySet<ErrorCode> = new Set([
  'host-unresolvable',
  'host-unreachable',
  'connect-timeout',
]);

/**
 * Decides whether this runner builds what a remote was to build. Host keys, authentication, protocols and inputs that are wrong are for a
 * person to see to: they are never a reason.
 * @param error what keeps the step from its remotes
 * @returns why, as a sentence without its full stop; undefined: the error stands
 */
export function reasonToFallBack(
  { code, message }: ActionError,
  fallback: Fallback,
  event: WorkflowEvent,
): string | undefined {
  if (fallback === 'never') return undefined;
  if (code === 'credentials-missing') {
    const who = whoGetsNoSecrets(event);
    return who && `${message}: this workflow was started by ${who}`;
  }
  return fallback === 'unreachable' && UNREACHABLE.has(code) ? message : undefined;
}
