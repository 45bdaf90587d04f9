import type { BuildResult } from '../domain/build-result.ts';
import type { DerivedPath } from '../domain/derived-path.ts';
import { ActionError } from '../domain/errors.ts';
import type { DrvPath, StorePath } from '../domain/store-path.ts';
import { NixError } from '../protocol/daemon-error.ts';
import type { Store } from './store.ts';

type Outputs = ReadonlyMap<string, StorePath | undefined>;

/**
 * Results for daemons before protocol 1.34, which answer BuildPaths with one success or one error for all: what is valid before and
 * after tells the rest. A path that is not valid afterwards has the daemon's one error, whosever it is.
 */
export async function buildWithoutResults(
  store: Store,
  paths: readonly DerivedPath[],
  build: () => Promise<void>,
): Promise<BuildResult[]> {
  const before = await validity(store, paths);
  const error = await build().then(() => undefined, daemonsWord);
  const after = await validity(store, paths);
  return paths.map((path, index) => result(path, before[index], after[index], error));
}

interface Validity {
  readonly outputs: ReadonlyMap<string, StorePath>;
  readonly isValid: boolean;
}

function result(
  path: DerivedPath,
  before: Validity | undefined,
  after: Validity | undefined,
  error: NixError | undefined,
): BuildResult {
  const isValid = after?.isValid === true || error === undefined;
  const success = before?.isValid === true ? 'already-valid' : 'built';
  return {
    path,
    status: isValid ? success : 'misc-failure',
    errorMessage: isValid ? '' : error.message,
    timesBuilt: 0,
    isNonDeterministic: false,
    startTime: 0,
    stopTime: 0,
    cpuUser: undefined,
    cpuSystem: undefined,
    outputs: path.kind === 'built' && after ? after.outputs : new Map<string, StorePath>(),
    realisations: new Map(),
  };
}

/** A build that fails is a result; anything else ends the call. */
function daemonsWord(error: unknown): NixError {
  if (error instanceof ActionError && error.cause instanceof NixError) return error.cause;
  throw error;
}

async function validity(store: Store, paths: readonly DerivedPath[]): Promise<Validity[]> {
  const drvPaths = paths.flatMap((path) => (path.kind === 'built' ? [path.drvPath] : []));
  const maps = await store.queryDerivationOutputMaps([...new Set<DrvPath>(drvPaths)]);
  const wanted = paths.map((path) => wantedOutputs(path, maps));
  const known = wanted.flatMap((outputs) =>
    [...outputs.values()].filter((path) => path !== undefined),
  );
  const valid = await store.queryValidPaths(known);
  return wanted.map((outputs) => {
    const present = [...outputs].filter(
      (entry): entry is [string, StorePath] => entry[1] !== undefined && valid.has(entry[1]),
    );
    return { outputs: new Map(present), isValid: present.length === outputs.size };
  });
}

function wantedOutputs(path: DerivedPath, maps: ReadonlyMap<DrvPath, Outputs>): Outputs {
  if (path.kind === 'opaque') return new Map([['', path.path]]);
  const outputs = maps.get(path.drvPath) ?? new Map<string, StorePath>();
  if (path.outputs === 'all') return outputs;
  return new Map(path.outputs.map((name) => [name, outputs.get(name)]));
}
