import { isGood, type Outcome, type OutcomeStatus } from '../domain/outcome.ts';
import type { StorePath } from '../domain/store-path.ts';
import type { Store } from '../store/store.ts';
import { causesOf, criticalPath } from './build-graph.ts';
import type { BuildRecorder } from './build-history.ts';
import type { BuildHistory, BuildRecord, InputsKept } from './build-record.ts';
import type { InputWatch } from './input-watch.ts';
import type { Workplace } from './workplace.ts';

/** What there is to look back on. */
export interface HistoryParts {
  readonly recorder: BuildRecorder;
  readonly inputs: InputWatch;
  readonly workplaces: readonly Workplace[];
  readonly local: { readonly store: Store };
}

/** All that happened while a step built. Takes no question to a remote that was not asked before. */
export async function historyOf(
  outcomes: readonly Outcome[],
  { recorder, inputs: watch, workplaces, local }: HistoryParts,
): Promise<BuildHistory> {
  const { inputs, sizes } = await watch.ended();
  const statuses = new Map(outcomes.map(({ drvPath, status }) => [drvPath, status]));
  const builds = recorder.records.map((record) => settled(record, statuses.get(record.drvPath)));
  const seconds = builds.flatMap((each) =>
    each.seconds === undefined ? [] : [[each.drvPath, each.seconds] as const],
  );
  const failed = builds.filter(({ verdict }) => verdict === 'failed').map(({ drvPath }) => drvPath);
  const blocked = outcomes.flatMap(({ drvPath, status }) =>
    drvPath !== undefined && status === 'dependency-failed' ? [drvPath] : [],
  );
  const isRemote = workplaces.some(({ store }) => store === 'remote');
  return {
    builds,
    criticalPath: await criticalPath(new Map(seconds), watch.files),
    causes: await causesOf(blocked, new Set(failed), watch.files),
    sizes,
    kept: isRemote ? await keptAway(inputs, sizes, local.store) : undefined,
  };
}

/** The result of what was asked for tells more than what was heard while it was built. */
function settled(record: BuildRecord, status: OutcomeStatus | undefined): BuildRecord {
  if (status === undefined) return record;
  if (isGood(status)) return { ...record, verdict: 'built', lastLines: [] };
  const isOwn = status !== 'cancelled' && status !== 'connection-lost';
  return isOwn ? { ...record, verdict: 'failed' } : record;
}

/** What is valid here has passed the runner, or was there before. */
async function keptAway(
  inputs: ReadonlySet<StorePath>,
  sizes: ReadonlyMap<StorePath, number>,
  local: Store,
): Promise<InputsKept | undefined> {
  const here = await local.queryValidPaths([...inputs]).catch(() => undefined);
  if (!here) return undefined;
  const kept = [...inputs].filter((path) => !here.has(path));
  return { paths: kept.length, bytes: kept.reduce((sum, path) => sum + (sizes.get(path) ?? 0), 0) };
}
