import { asActionError, type ActionError } from '../domain/errors.ts';
import { requireCredentials } from './endpoints.ts';
import type { StepContext, StepReport, StepRequest } from './step-request.ts';
import { runStep } from './step.ts';

/** Asked what keeps a step from its remotes, says why it is built locally then; undefined: it fails. */
export type FallBack = (error: ActionError) => string | undefined;

/**
 * As {@link runStep}; where there is no remote to be had, and that is covered, once more in the local store.
 * @throws ActionError of {@link runStep}, and `credentials-missing` before anything is connected to or evaluated
 */
export async function runStepOrLocally(
  request: StepRequest,
  context: StepContext,
  fallBack: FallBack,
): Promise<StepReport> {
  try {
    await requireCredentials(request.destination, context.access);
    return await runStep(request, context);
  } catch (thrown) {
    const reason = fallBack(asActionError(thrown));
    if (reason === undefined || context.signal.aborted) throw thrown;
    return runStep(locally(request, reason), context);
  }
}

function locally(request: StepRequest, reason: string): StepRequest {
  const { maxJobs, ...options } = request.options;
  return {
    ...request,
    destination: { mode: 'local', reason },
    // With remotes, 0 has them build all; here it would have nobody build.
    options: { ...options, maxJobs: maxJobs === 0 ? undefined : maxJobs },
  };
}
