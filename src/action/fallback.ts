import * as core from '@actions/core';
import type { FallBack } from '../build/step-or-local.ts';
import { reasonToFallBack, type Fallback } from '../plan/fallback.ts';
import { errorText } from './failures.ts';
import { readEvent } from './event.ts';

/**
 * How this workflow's event goes on without a remote, which is told once.
 * @param consequence a sentence
 */
export function fallBackWith(fallback: Fallback, consequence: string): FallBack {
  const event = readEvent(process.env);
  return (error) => {
    const reason = reasonToFallBack(error, fallback, event);
    if (reason === undefined) return undefined;
    const text = `${errorText(error)} ${consequence}`;
    // What nobody can help is told; a builder that is down is to be seen to.
    if (error.code === 'credentials-missing') core.notice(text);
    else core.warning(text);
    return reason;
  };
}
