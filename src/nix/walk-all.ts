import { explainSome } from './walk-explain.ts';
import { WalkCrew } from './walk-crew.ts';
import type { WalkReport } from './walk-report.ts';
import type { WalkStop, WalkTask } from './walk-task.ts';
import type { EvalSetup } from './walk.ts';

/** What became of the items below one root. */
export interface WalkOutcome {
  readonly report: WalkReport;
  /** Why there is nothing in the report. */
  readonly stop: WalkStop | undefined;
}

/**
 * Walks all items: one process, and one more for each failure that tryEval cannot catch, as that ends the process it
 * happens in; several at a time where there is much to do, see {@link WalkCrew}. Failures that are caught cost a process each for
 * the message, but for one, which ends a process that is done.
 */
export async function walkAll(setup: EvalSetup, task: WalkTask): Promise<WalkOutcome> {
  const crew = new WalkCrew(setup, task);
  const stop = await crew.run();
  if (stop === undefined) await explainSome(setup, task, crew.report);
  return { report: crew.report, stop };
}
