import type { StorePath } from '../domain/store-path.ts';
import type { WholeEvaluation } from '../nix/kept-evaluation.ts';
import type { EarlySession } from './connected-remote.ts';
import type { Observe } from './events.ts';
import type { Phases } from './phases.ts';
import type { BuildPlace } from './place.ts';
import type { Connected } from './site.ts';
import { NO_HISTORY } from './build-record.ts';
import type { StepReport, StepRequest } from './step-request.ts';
import { knownOutputs, type Target, type TargetResult } from './target.ts';
import { collectOutcomes, planTargets } from './targets.ts';

/** All that is wanted, as an earlier run evaluated it; every output of it is in a store that builds. */
export interface Unchanged {
  readonly evaluation: WholeEvaluation;
  readonly places: readonly [Connected, ...Connected[]];
  readonly results: ReadonlyMap<StorePath, TargetResult>;
}

/** What each place has of some outputs. */
export type Valid = ReadonlyMap<BuildPlace, ReadonlySet<StorePath>>;

/** Asks every place, in one exchange, what it has of the outputs that are wanted. Whom that fails has nothing for now. */
export async function askForOutputs(
  { attributes }: WholeEvaluation,
  sessions: readonly Promise<EarlySession>[],
): Promise<Valid> {
  const targets = planTargets(attributes, { kind: 'none' });
  const outputs = [...new Set(targets.flatMap((each) => [...knownOutputs(each).values()]))];
  const answers = await Promise.allSettled(
    sessions.map(async (each) => {
      const { place, session } = await each;
      return [place, await session.queryValidPaths(outputs)] as const;
    }),
  );
  return new Map(answers.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : [])));
}

/** @returns undefined unless everything is at one of these places */
export function whereUnchanged(
  evaluation: WholeEvaluation,
  places: Unchanged['places'],
  valid: Valid,
): Unchanged | undefined {
  const results = new Map<StorePath, TargetResult>();
  for (const target of planTargets(evaluation.attributes, { kind: 'none' })) {
    const there = places.find(({ place }) => isThere(target, valid.get(place)));
    if (!there) return undefined;
    results.set(target.key, {
      ...{ status: 'cached', outputs: knownOutputs(target), error: undefined },
      ...{ store: 'remote', remote: there.place.builderOf(undefined), seconds: undefined },
    });
  }
  return { evaluation, places, results };
}

function isThere(target: Target, valid: ReadonlySet<StorePath> | undefined): boolean {
  return [...knownOutputs(target).values()].every((output) => valid?.has(output));
}

const NOT_COPIED = { copied: new Set<StorePath>(), failures: new Map() } as const;

/** What there is to tell of a step that had nothing to do. */
export function reportUnchanged(
  { evaluation, places, results }: Unchanged,
  { source }: Pick<StepRequest, 'source'>,
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
    pushes: [],
    bytesUploaded: traffic.reduce((sum, { bytesSent }) => sum + bytesSent, 0),
    bytesDownloaded: traffic.reduce((sum, { bytesReceived }) => sum + bytesReceived, 0),
    seconds: phases.seconds,
    wallSeconds: phases.elapsed,
    source,
    history: NO_HISTORY,
  };
}
