import type { DaemonEvent } from '../domain/activity.ts';
import type { BuildMode } from '../domain/build-result.ts';
import type { DerivedPath } from '../domain/derived-path.ts';
import { ActionError } from '../domain/errors.ts';
import { isGood, outcomeStatus, type OutcomeStatus } from '../domain/outcome.ts';
import type { DrvPath } from '../domain/store-path.ts';
import type { Answer, BuildRequest } from '../offload/take-over.ts';
import { NixError } from '../protocol/daemon-error.ts';
import type { Store } from '../store/store.ts';
import { resultOfDerivation } from './requested-results.ts';

type Hear = (event: DaemonEvent) => Promise<void> | undefined;

/**
 * Asks a store by the operation that the client used, so that what it says of a failure is what the client is told.
 * @throws ActionError if the store could not be asked
 */
export async function requestBuild(
  store: Store,
  operation: BuildRequest['operation'],
  paths: readonly DerivedPath[],
  mode: BuildMode,
  hear: Hear,
): Promise<Answer> {
  try {
    if (operation === 'BuildPathsWithResults') {
      return { kind: 'results', results: await store.build(paths, mode, hear) };
    }
    await store.buildPaths(paths, mode, hear);
    return { kind: 'built' };
  } catch (error) {
    const word = error instanceof ActionError ? error.cause : undefined;
    if (!(word instanceof NixError)) throw error;
    return { kind: 'error', message: word.message, traces: word.traces };
  }
}

/** Whether all that was asked for is there. */
export function isGoodAnswer(answer: Answer): boolean {
  if (answer.kind !== 'results') return answer.kind === 'built';
  return answer.results.every(({ status, errorMessage }) =>
    isGood(outcomeStatus(status, errorMessage)),
  );
}

/** What an answer says of a derivation; undefined if it says nothing of it alone. */
export function statusIn(answer: Answer, drvPath: DrvPath): OutcomeStatus | undefined {
  if (answer.kind === 'built') return 'built';
  if (answer.kind !== 'results') return undefined;
  const result = resultOfDerivation(answer.results, drvPath);
  return result ? outcomeStatus(result.status, result.errorMessage) : 'cancelled';
}

/** One answer to a request that two stores have answered in part, by the same operation. */
export function mergedAnswer(one: Answer, other: Answer): Answer {
  if (one.kind !== 'results' || other.kind !== 'results') return other;
  return { kind: 'results', results: [...one.results, ...other.results] };
}
