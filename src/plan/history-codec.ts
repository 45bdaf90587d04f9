import { list, number, record, string } from '../domain/json.ts';
import type { RemoteId } from './evidence.ts';
import { MOST } from './experience.ts';
import type { Actual, History, Moved, PastLink, PastPrediction, PastRun } from './history.ts';
import {
  bytes,
  milliseconds,
  seconds,
  type Bytes,
  type BytesPerSecond,
  type Known,
} from './units.ts';

/** Of what is written. Where any of it comes to mean something else, it is another version. */
const VERSION = 1;

const MODES = ['remote-store', 'builders', 'local'] as const;

/**
 * A history as text. Remotes are not named in it: their links come in the order of their names, and who reads it has to know them.
 * @param remotes all that the history may be of, in any order
 */
export function writeHistory(
  { runs, links, sizes }: History,
  remotes: readonly RemoteId[],
): string {
  const lines = remotes.toSorted().map((id) => links.get(id) ?? null);
  return JSON.stringify({ version: VERSION, runs, links: lines, sizes: [...sizes] });
}

/**
 * Reads what {@link writeHistory} wrote of the same remotes.
 * @returns undefined for anything else: of a history that is half right nothing is taken
 */
export function readHistory(text: string, remotes: readonly RemoteId[]): History | undefined {
  try {
    const { version, runs, links, sizes } = record(JSON.parse(text), 'history');
    const lines = list(links, 'links');
    if (version !== VERSION || lines.length !== remotes.length) return undefined;
    return {
      runs: shortList(runs, MOST.runs).map(runOf),
      links: new Map(
        remotes.toSorted().flatMap((id, index) => {
          const line = lines[index];
          return line === null ? [] : [[id, linkOf(line)] as const];
        }),
      ),
      sizes: new Map(shortList(sizes, MOST.sizes).map(sizeOf)),
    };
  } catch {
    return undefined;
  }
}

function runOf(value: unknown): PastRun {
  const { mode, predicted, actual, builds } = record(value, 'run');
  const known = MODES.find((each) => each === mode);
  if (!known) throw new TypeError('not a mode');
  const { count, seconds: spent } = record(builds, 'builds');
  return {
    mode: known,
    predicted: predicted === undefined ? undefined : predictionOf(predicted),
    actual: actualOf(actual),
    builds: { count: amount(count), seconds: seconds(amount(spent)) },
  };
}

function predictionOf(value: unknown): PastPrediction {
  const { seconds: all, certainSeconds } = record(value, 'predicted');
  return {
    ...movedOf(value),
    seconds: seconds(amount(all)),
    certainSeconds: seconds(amount(certainSeconds)),
  };
}

function actualOf(value: unknown): Actual {
  return { ...movedOf(value), seconds: known(record(value, 'actual')['seconds'], seconds) };
}

function movedOf(value: unknown): Moved {
  const { bytesUp, bytesDown } = record(value, 'bytes');
  return { bytesUp: bytes(amount(bytesUp)), bytesDown: bytes(amount(bytesDown)) };
}

function linkOf(value: unknown): PastLink {
  const { roundTripMs, up, down } = record(value, 'link');
  return {
    roundTripMs: known(roundTripMs, milliseconds),
    up: known(up, rate),
    down: known(down, rate),
  };
}

function sizeOf(value: unknown): readonly [string, Bytes] {
  const [name, size] = list(value, 'size');
  return [string(name, 'name'), bytes(amount(size))];
}

function rate(value: number): BytesPerSecond {
  if (value === 0) throw new TypeError('not a rate');
  return value as BytesPerSecond;
}

function known<T>(value: unknown, read: (value: number) => T): Known<T> {
  return value === 'unknown' ? value : read(amount(value));
}

function amount(value: unknown): number {
  const found = number(value, 'amount');
  if (!Number.isFinite(found) || found < 0) throw new TypeError('not an amount');
  return found;
}

function shortList(value: unknown, most: number): readonly unknown[] {
  const found = list(value, 'list');
  if (found.length > most) throw new TypeError('too long');
  return found;
}
