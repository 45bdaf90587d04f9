import { isGood } from '../../domain/outcome.ts';
import { isDrvPath, type StorePath } from '../../domain/store-path.ts';
import { ablePlaces } from '../../plan/route.ts';
import type { Store } from '../../store/store.ts';
import type { CopyInputs } from '../copy-inputs.ts';
import type { Observe } from '../events.ts';
import { buildRemotely } from '../remote-build.ts';
import { toRouted } from '../share-out.ts';
import type { Target, TargetResult } from '../target.ts';
import type { Workplace } from '../workplace.ts';
import { compareOutputs } from './across.ts';
import { checkAgain, SAME, type Verdict } from './check.ts';
import { differenceLines } from './texts.ts';

export interface RebuildOptions {
  /** Sessions that have built; those that are still open build again. */
  readonly workplaces: readonly Workplace[];
  readonly local: Store;
  readonly copyInputs: CopyInputs;
  readonly observe: Observe;
  readonly signal: AbortSignal;
}

type Results = ReadonlyMap<StorePath, TargetResult>;

/** A target, where its outputs are, and where it is built again: elsewhere if another place is able to. */
interface Rebuild {
  readonly target: Target;
  readonly result: TargetResult;
  readonly home: Workplace;
  readonly again: Workplace;
}

/**
 * Builds again what there is, and compares. Where two places are able to, each builds once what the other has; else the place itself
 * builds it once more.
 * @returns the results, those that differ or could not be built again no longer good
 */
export async function rebuildAll(
  options: RebuildOptions,
  targets: readonly Target[],
  results: Results,
): Promise<Results> {
  const { observe } = options;
  const rebuilds = await plan(options, targets, results);
  if (rebuilds.length === 0) return results;
  observe({ kind: 'line', text: `building ${rebuilds.length} again, to compare` });
  const perPlace = [...Map.groupBy(rebuilds, ({ again }) => again)];
  const built = await Promise.all(perPlace.map((each) => rebuildAt(options, ...each)));
  const verdicts = new Map(built.flatMap((each) => [...each]));
  // Now that nobody builds any more, sessions answer at once.
  for (const rebuild of rebuilds) await compareHomes(options, rebuild, verdicts);
  const all = [...verdicts.values()];
  for (const { differences = [] } of all) {
    for (const text of differences.flatMap(differenceLines)) observe({ kind: 'line', text });
  }
  const same = all.filter(({ status }) => isGood(status)).length;
  observe({ kind: 'line', text: `${same} of ${all.length} came out the same` });
  return new Map([...results].map(([key, result]) => [key, judged(result, verdicts.get(key))]));
}

/** What was good and does not differ stays as it was. */
function judged(result: TargetResult, verdict: Verdict | undefined): TargetResult {
  return !verdict || isGood(verdict.status) ? result : { ...result, ...verdict };
}

async function plan(
  { workplaces }: RebuildOptions,
  targets: readonly Target[],
  results: Results,
): Promise<readonly Rebuild[]> {
  const open = workplaces.filter(({ session }) => session.isOpen);
  // Of several sessions at one place, the last.
  const places = [...new Map(open.map((each) => [each.place.label, each])).values()];
  const offers = await Promise.all(places.map(({ place }) => place.offer()));
  const rebuilds = targets.map(async (target, index): Promise<readonly Rebuild[]> => {
    const result = results.get(target.key);
    if (!result || !isGood(result.status) || !isDrvPath(target.key)) return [];
    const home = places.find(({ place }) => place.label === result.remote) ?? places[0];
    if (!home) return [];
    const able = ablePlaces(await toRouted(target), offers).flatMap((at) => places[at] ?? []);
    const others = able.filter((each) => each !== home);
    return [{ target, result, home, again: others[index % others.length] ?? home }];
  });
  return (await Promise.all(rebuilds)).flat();
}

/** What is there already, too, shows nothing unless it is built once more. */
async function rebuildAt(
  options: RebuildOptions,
  workplace: Workplace,
  rebuilds: readonly Rebuild[],
): Promise<ReadonlyMap<StorePath, Verdict>> {
  const toTarget = ({ target }: Rebuild): Target => ({ ...target, copy: 'leave' });
  const elsewhere = rebuilds.filter(({ home }) => home !== workplace).map(toTarget);
  const answers = await buildRemotely({ ...options, workplace }, elsewhere);
  const isCheckable = ({ key }: Target): boolean => {
    const answer = answers.get(key);
    return !answer || (isGood(answer.status) && answer.status !== 'built');
  };
  const verdicts = await checkAgain(options, workplace, rebuilds.map(toTarget).filter(isCheckable));
  const rest = [...answers].filter(([key]) => !verdicts.has(key));
  return new Map([...verdicts, ...rest.map(([key, each]) => [key, asVerdict(each)] as const)]);
}

function asVerdict({ status, error }: TargetResult): Verdict {
  return isGood(status) ? SAME : { status, error };
}

/** Whether both places have the same. */
async function compareHomes(
  options: RebuildOptions,
  { target, result, home, again }: Rebuild,
  verdicts: Map<StorePath, Verdict>,
): Promise<void> {
  const verdict = verdicts.get(target.key);
  if (home === again || !verdict || !isGood(verdict.status)) return;
  verdicts.set(target.key, await compareOutputs(options, target, [home, again], result));
}
