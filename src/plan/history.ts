import type { Mode, RemoteId } from './evidence.ts';
import type { Known, BytesPerSecond, Bytes, Milliseconds, Seconds } from './units.ts';

/** What one run cost. */
export interface Cost {
  /** From the end of evaluation to the last copy. */
  readonly seconds: Seconds;
  /** Over the runner's links. */
  readonly bytesUp: Bytes;
  readonly bytesDown: Bytes;
}

/** An earlier run with the same remotes, on a runner of the same kind. */
export interface PastRun {
  readonly mode: Mode;
  /** The `expected` of the prediction; undefined where nothing was predicted, for there was one sensible choice. */
  readonly predicted: Cost | undefined;
  readonly actual: Cost;
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
}

export const NO_HISTORY: History = { runs: [], links: new Map() };

/** Less than this tells nothing of how well seconds are predicted. */
const SECONDS_THAT_COUNT = 1;

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
  const ratios = runs.flatMap(({ predicted, actual }) =>
    predicted !== undefined && predicted.seconds >= SECONDS_THAT_COUNT
      ? [actual.seconds / predicted.seconds]
      : [],
  );
  const middle = median(ratios);
  if (middle === undefined) return undefined;
  return Math.min(LARGEST_CORRECTION, Math.max(1 / LARGEST_CORRECTION, middle));
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
