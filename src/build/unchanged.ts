import type { StorePath } from '../domain/store-path.ts';
import type { Store } from '../store/store.ts';
import type { WholeEvaluation } from '../nix/kept-evaluation.ts';
import type { Observe } from './events.ts';
import type { Phases } from './phases.ts';
import type { Connected } from './site.ts';
import type { StepReport } from './step-request.ts';
import { knownOutputs, type Target, type TargetResult } from './target.ts';
import { collectOutcomes, planTargets } from './targets.ts';

/** All that is wanted, as an earlier run evaluated it; every output of it is in a store that builds. */
export interface Unchanged {
  readonly evaluation: WholeEvaluation;
  readonly places: readonly [Connected, ...Connected[]];
  readonly results: ReadonlyMap<StorePath, TargetResult>;
}

/**
 * Asks every place, in one exchange, what it has of the outputs that are wanted.
 * @returns undefined unless everything is at one of them
 */
export async function whereUnchanged(
  evaluation: WholeEvaluation,
  places: Unchanged['places'],
): Promise<Unchanged | undefined> {
  const targets = planTargets(evaluation.attributes, { kind: 'none' });
  const outputs = [...new Set(targets.flatMap((each) => [...knownOutputs(each).values()]))];
  const valid = await Promise.all(places.map(({ session }) => validIn(session, outputs)));
  const results = new Map<StorePath, TargetResult>();
  for (const target of targets) {
    const index = valid.findIndex((paths) => isThere(target, paths));
    const place = places[index]?.place;
    if (!place) return undefined;
    results.set(target.key, {
      ...{ status: 'cached', outputs: knownOutputs(target), error: undefined },
      ...{ store: 'remote', remote: place.builderOf(undefined), seconds: undefined },
    });
  }
  return { evaluation, places, results };
}

/** Whom that question fails has nothing for now: the next one fails as well, and is told of. */
function validIn(session: Store, paths: readonly StorePath[]): Promise<ReadonlySet<StorePath>> {
  return session.queryValidPaths(paths).catch(() => new Set<StorePath>());
}

function isThere(target: Target, valid: ReadonlySet<StorePath>): boolean {
  return [...knownOutputs(target).values()].every((output) => valid.has(output));
}

const NOT_COPIED = { copied: new Set<StorePath>(), failures: new Map() } as const;

/** What there is to tell of a step that had nothing to do. */
export function reportUnchanged(
  { evaluation, places, results }: Unchanged,
  phases: Phases,
  observe: Observe,
): StepReport {
  const copy = { kind: 'none' } as const;
  const outcomes = collectOutcomes(evaluation.attributes, { results, copies: NOT_COPIED, copy });
  observe({ kind: 'unchanged', attributes: outcomes.length });
  for (const outcome of outcomes) observe({ kind: 'attribute-done', outcome });
  const traffic = places.map((each) => each.traffic);
  return {
    mode: 'remote-store',
    reason:
      'nothing has changed since an earlier run evaluated it, and every output is there already',
    predictions: [],
    remote: places.map(({ place }) => place.label).join(', '),
    outcomes,
    problems: [],
    bytesUploaded: traffic.reduce((sum, { bytesSent }) => sum + bytesSent, 0),
    bytesDownloaded: traffic.reduce((sum, { bytesReceived }) => sum + bytesReceived, 0),
    seconds: phases.seconds,
  };
}
