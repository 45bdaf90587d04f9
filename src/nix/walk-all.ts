import type { AttrPath } from '../domain/attr-path.ts';
import { ActionError } from '../domain/errors.ts';
import type { NixError } from './log-line.ts';
import type { WalkPlace } from './walk-events.ts';
import type { WalkItem } from './walk-program.ts';
import { type Unexplained, WalkReport } from './walk-report.ts';
import { type EvalSetup, type WalkRoot, runWalk } from './walk.ts';

/** An item to be walked, before anything is known of it. */
export type FreshItem = Omit<WalkItem, 'after'>;

/** What became of the items below one root. */
export interface WalkOutcome {
  readonly report: WalkReport;
  /** Items that no process got to, because evaluating the root itself failed. */
  readonly unreached: { readonly ids: readonly number[]; readonly error: NixError } | undefined;
  /** The root was refused: see `WalkRequest.requirePure`. */
  readonly impure: boolean;
}

/** How many failures that tryEval caught are evaluated once more for their messages; how many at a time; for how long. */
const MAX_EXPLAINED = 20;
const EXPLAINED_AT_ONCE = 2;
const EXPLAINED_WITHIN_MS = 120_000;

/**
 * Walks all items: one process, and one more for each failure that tryEval cannot catch, as that ends the process it
 * happens in. Failures that are caught cost a process each for the message, but for one, which ends a process that is done.
 */
export async function walkAll(
  setup: EvalSetup,
  root: WalkRoot,
  systems: readonly string[],
  items: readonly FreshItem[],
): Promise<WalkOutcome> {
  const report = new WalkReport();
  const failedAt = new Set<string>();
  let rest: readonly WalkItem[] = items.map((item) => ({ ...item, after: [] }));
  while (rest.length > 0) {
    const run = await runWalk(setup, root, { task: 'walk', items: rest, explain: null, systems });
    if (run.events.some(({ event }) => event === 'impure')) {
      return { report, unreached: undefined, impure: true };
    }
    report.add(run.events);
    if (run.failure === undefined) break;
    const place = report.fail(run.failure);
    if (place === 'finished') break;
    if (place === undefined) {
      return {
        report,
        unreached: { ids: rest.map(({ id }) => id), error: run.failure },
        impure: false,
      };
    }
    assertNew(failedAt, place);
    rest = remaining(rest, place);
  }
  await explainSome(setup, root, systems, items, report);
  return { report, unreached: undefined, impure: false };
}

/** A place that fails twice would fail for ever. */
function assertNew(failedAt: Set<string>, place: WalkPlace): void {
  const key = JSON.stringify(place);
  if (failedAt.has(key)) {
    throw new ActionError('internal', `the evaluation does not get past ${key}`);
  }
  failedAt.add(key);
}

/** What is left to walk after a process died at a place. */
export function remaining(items: readonly WalkItem[], { id, path }: WalkPlace): WalkItem[] {
  const index = items.findIndex((item) => item.id === id);
  const item = items[index];
  if (item === undefined) return [];
  const later = items.slice(index + 1);
  return path === null || path.length === 0 ? later : [{ ...item, after: path }, ...later];
}

async function explainSome(
  setup: EvalSetup,
  root: WalkRoot,
  systems: readonly string[],
  items: readonly FreshItem[],
  report: WalkReport,
): Promise<void> {
  const waiting = report.unexplained.slice(0, MAX_EXPLAINED);
  const end = performance.now() + EXPLAINED_WITHIN_MS;
  const work = async (): Promise<void> => {
    for (;;) {
      const next = performance.now() < end ? waiting.shift() : undefined;
      if (next === undefined) return;
      await explainOne(setup, root, systems, items, next);
    }
  };
  await Promise.all(Array.from({ length: EXPLAINED_AT_ONCE }, work));
}

async function explainOne(
  setup: EvalSetup,
  root: WalkRoot,
  systems: readonly string[],
  items: readonly FreshItem[],
  { place, explain }: Unexplained,
): Promise<void> {
  const item = items.find(({ id }) => id === place.id);
  if (item === undefined) return;
  const path: AttrPath | null = place.path;
  const { failure } = await runWalk({ ...setup, onLog: () => undefined }, root, {
    task: 'explain',
    items: [{ ...item, after: [] }],
    explain: path,
    systems,
  });
  if (failure !== undefined) explain(failure);
}
