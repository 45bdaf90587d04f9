import { ActionError } from '../../domain/errors.ts';
import { plural } from '../../domain/format.ts';
import type { Observe } from '../events.ts';
import type { PushReport } from './push-request.ts';

/**
 * Tells how pushes ended, a line for each store.
 * @returns what has to fail the step
 */
export function tellPushes(
  pushes: readonly PushReport[],
  observe: Observe,
): readonly ActionError[] {
  const problems: ActionError[] = [];
  for (const push of pushes) {
    const { store, pushed, isRequired } = push;
    if (pushed.length > 0) {
      const text = `✓ pushed ${plural(pushed.length, 'attribute')} to ${store}`;
      observe({ kind: 'line', text });
    }
    const problem = pushProblem(push);
    if (!problem) continue;
    observe({ kind: 'line', text: `✗ ${problem.message}` });
    if (isRequired) problems.push(problem);
    else observe({ kind: 'warning', text: problem.message });
  }
  return problems;
}

/** What is wrong with a push as a whole; undefined if all is there. */
function pushProblem({ store, pushed, failed, error }: PushReport): ActionError | undefined {
  if (failed.length === 0) return undefined;
  const many = `${failed.length} of ${plural(pushed.length + failed.length, 'attribute')}`;
  const said = error?.message ?? 'what was built was not found any more';
  const why = said.startsWith(`${store}: `) ? said.slice(store.length + 2) : said;
  const hint =
    error?.hint ??
    'What was built is there all the same; push-required: false makes this a warning.';
  return new ActionError(error?.code ?? 'push-failed', `${many} not pushed to ${store}: ${why}`, {
    hint,
  });
}
