import type { Mode, RemoteId } from './evidence.ts';
import type { Known, BytesPerSecond, Bytes, Milliseconds, Seconds } from './units.ts';

/** What one run moved, over the runner's links. */
export interface Moved {
  readonly bytesUp: Bytes;
  readonly bytesDown: Bytes;
}

/** What was expected of a run, by the mode that it was in. */
export interface PastPrediction extends Moved {
  /** Of moving and asking alone, before earlier runs corrected it: what corrects itself would never be right. */
  readonly seconds: Seconds;
  /** How much of these seconds rested on what was known, rather than on what is usual. */
  readonly certainSeconds: Seconds;
}

/** What a run came to. */
export interface Actual extends Moved {
  /**
   * From the choice of the mode to the last copy, without the time in which anything was built; unknown where something failed, or where
   * builds and copies cannot be told from each other.
   */
  readonly seconds: Known<Seconds>;
}

/** An earlier run with the same remotes, on a runner of the same kind. */
export interface PastRun {
  readonly mode: Mode;
  /** Undefined where nothing was predicted, for there was one sensible choice. */
  readonly predicted: PastPrediction | undefined;
  readonly actual: Actual;
  /** How many derivations were built, and the sum of the seconds that each took. */
  readonly builds: { readonly count: number; readonly seconds: Seconds };
}

/** How a remote's line was in earlier runs. */
export interface PastLink {
  readonly roundTripMs: Known<Milliseconds>;
  readonly up: Known<BytesPerSecond>;
  readonly down: Known<BytesPerSecond>;
}

/** What earlier runs have left; empty without a cache. */
export interface History {
  /** Newest first. */
  readonly runs: readonly PastRun[];
  readonly links: ReadonlyMap<RemoteId, PastLink>;
  /** Of outputs, by their names in the store without the hash, which is another one after every change; those seen last come first. */
  readonly sizes: ReadonlyMap<string, Bytes>;
}

export const NO_HISTORY: History = { runs: [], links: new Map(), sizes: new Map() };

/** Less than this tells nothing of how well seconds are predicted. */
const SECONDS_THAT_COUNT = 1;

/** A guess that was wrong is replaced by what was found instead, and must not be held against the rest: so much has to be known. */
const SHARE_THAT_COUNTS = 0.5;

/** One run that was disturbed must not turn later ones around. */
const LARGEST_CORRECTION = 4;

/**
 * By what factor predictions were too low, by mode. A mode that was tried is not held against one that was not: only where both
 * were, each has a factor of its own; else both have that of all runs. 1 where nothing is known.
 */
export function correctionsOf({
  runs,
}: History): Readonly<Record<'remote-store' | 'builders', number>> {
  const all = runs.filter(({ mode }) => mode !== 'local');
  const stores = correction(all.filter(({ mode }) => mode === 'remote-store'));
  const builders = correction(all.filter(({ mode }) => mode === 'builders'));
  const both = correction(all) ?? 1;
  if (stores === undefined || builders === undefined) {
    return { 'remote-store': both, builders: both };
  }
  return { 'remote-store': stores, builders };
}

/** The median, within reason. */
function correction(runs: readonly PastRun[]): number | undefined {
  const middle = median(runs.flatMap((run) => ratioOf(run) ?? []));
  if (middle === undefined) return undefined;
  return Math.min(LARGEST_CORRECTION, Math.max(1 / LARGEST_CORRECTION, middle));
}

function ratioOf({ predicted, actual }: PastRun): number | undefined {
  if (!predicted || actual.seconds === 'unknown') return undefined;
  const { seconds, certainSeconds } = predicted;
  const counts = seconds >= SECONDS_THAT_COUNT && certainSeconds >= seconds * SHARE_THAT_COUNTS;
  return counts ? actual.seconds / seconds : undefined;
}

/** Mean seconds of a build, over all earlier runs. */
export function usualBuildSeconds({ runs }: History): Seconds | undefined {
  const count = runs.reduce((total, { builds }) => total + builds.count, 0);
  const spent = runs.reduce((total, { builds }) => total + builds.seconds, 0);
  return count === 0 ? undefined : ((spent / count) as Seconds);
}

function median(numbers: readonly number[]): number | undefined {
  const sorted = numbers.toSorted((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}
