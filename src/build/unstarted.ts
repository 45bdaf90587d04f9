import type { BuildResult } from '../domain/build-result.ts';
import type { DerivedPath } from '../domain/derived-path.ts';
import { ActionError } from '../domain/errors.ts';
import type { StorePath } from '../domain/store-path.ts';
import { NixError } from '../protocol/daemon-error.ts';
import type { Store } from '../store/store.ts';

/** Up to 2.33 or so, with max-jobs = 0 (worker.cc, `Worker::run`). */
const NOTHING_TO_START = /unable to start any build/i;

/** What was asked for: the outputs whose paths are known, or undefined where one is not. */
export interface Wanted {
  readonly path: DerivedPath;
  readonly outputs: ReadonlyMap<string, StorePath> | undefined;
}

/**
 * Results for a request that Nix gave up as a whole, because what is left of it no machine takes and nothing is built here: by then it
 * has built all the rest.
 * @throws the same error where it means anything else
 */
export async function resultsWhereNothingStarts(
  store: Store,
  wanted: readonly Wanted[],
  error: unknown,
): Promise<readonly BuildResult[]> {
  const told =
    error instanceof ActionError && error.cause instanceof NixError ? error.cause : undefined;
  if (!told || !NOTHING_TO_START.test(told.message)) throw error;
  const valid = await store.queryValidPaths(
    wanted.flatMap(({ outputs }) => [...(outputs?.values() ?? [])]),
  );
  return wanted.map(({ path, outputs }) => {
    const isValid = outputs !== undefined && [...outputs.values()].every((each) => valid.has(each));
    return {
      path,
      status: isValid ? 'built' : 'misc-failure',
      errorMessage: isValid ? '' : told.message,
      timesBuilt: 0,
      isNonDeterministic: false,
      startTime: 0,
      stopTime: 0,
      cpuUser: undefined,
      cpuSystem: undefined,
      outputs: outputs ?? new Map<string, StorePath>(),
      realisations: new Map<string, string>(),
    };
  });
}
