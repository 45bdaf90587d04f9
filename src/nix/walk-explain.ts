import type { Unexplained, WalkReport } from './walk-report.ts';
import type { WalkTask } from './walk-task.ts';
import { type EvalSetup, runWalk } from './walk.ts';

/** How many failures that tryEval caught are evaluated once more for their messages; how many at a time; for how long. */
const MAX_EXPLAINED = 20;
const EXPLAINED_AT_ONCE = 2;
const EXPLAINED_WITHIN_MS = 120_000;

/** Has failures happen once more for their messages. */
export async function explainSome(
  setup: EvalSetup,
  task: WalkTask,
  report: WalkReport,
): Promise<void> {
  const waiting = report.unexplained.slice(0, MAX_EXPLAINED);
  const end = performance.now() + EXPLAINED_WITHIN_MS;
  const work = async (): Promise<void> => {
    for (;;) {
      const next = performance.now() < end ? waiting.shift() : undefined;
      if (next === undefined) return;
      await explainOne(setup, task, next);
    }
  };
  await Promise.all(Array.from({ length: EXPLAINED_AT_ONCE }, work));
}

async function explainOne(
  setup: EvalSetup,
  { root, systems, items }: WalkTask,
  { place, explain }: Unexplained,
): Promise<void> {
  const item = items.find(({ id }) => id === place.id);
  if (item === undefined) return;
  const request = { items: [{ ...item, from: [] }], explain: place.path, systems } as const;
  const { failure } = await runWalk(
    { ...setup, onLog: () => undefined },
    root,
    { ...request, task: 'explain' },
    { onEvent: () => undefined },
  );
  if (failure !== undefined) explain(failure);
}
