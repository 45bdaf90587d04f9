import type { Hosts, Lap } from './hosts.ts';
import { median, slope } from './statistics.ts';

/** The link that ours and stock are compared on, and a longer one for the slope, in milliseconds of round trip. */
export const ROUND_TRIP_MS = 40;
const LONG_ROUND_TRIP_MS = 100;
const ROUNDS = 5;

/** Both ways to do a thing. */
export interface Sides {
  readonly ours: () => Promise<Lap>;
  /** Seconds from the start to the end of stock's process. */
  readonly stock: () => Promise<number>;
  /** The same for something trivial, which takes as long as connecting. */
  readonly stockConnect: () => Promise<number>;
  /** At 40 ms of round trip; without delay there are as many as of ours. */
  readonly stockRounds: number;
}

export interface Comparison {
  readonly ours: Lap;
  readonly stock: Lap;
  readonly roundTrips: Lap;
  /** By the slope between 0 and 40 ms, for at 100 ms stock takes minutes. */
  readonly stockRoundTrips: number;
  readonly rounds: { readonly ours: number; readonly stock: number };
}

/** Times both sides in turn, without delay and with it, and ours on a longer line too. */
export async function sideBySide(hosts: Hosts, sides: Sides): Promise<Comparison> {
  await hosts.link.shape({ roundTripMs: 0 });
  await sides.ours(); // both warm up: programs and their files are in memory then
  await sides.stock();
  const near = await takeTurns(sides, ROUNDS);
  await hosts.link.shape({ roundTripMs: ROUND_TRIP_MS });
  const far = await takeTurns(sides, sides.stockRounds);
  const stockConnect = median(await times(ROUNDS, sides.stockConnect));
  await hosts.link.shape({ roundTripMs: LONG_ROUND_TRIP_MS });
  const farthest = await takeTurns(sides, 0);
  return {
    ours: far.ours,
    stock: { total: far.stock, connected: far.stock - stockConnect },
    roundTrips: roundTripsOf(farthest.ours, near.ours),
    stockRoundTrips: slope(far.stock, near.stock, ROUND_TRIP_MS),
    rounds: { ours: ROUNDS, stock: sides.stockRounds },
  };
}

/** How many round trips our side takes: each of 100 ms adds a tenth of a second. */
export async function roundTripsOfOurs(hosts: Hosts, ours: () => Promise<Lap>): Promise<Lap> {
  await hosts.link.shape({ roundTripMs: 0 });
  await ours();
  const near = medians(await times(ROUNDS, ours));
  await hosts.link.shape({ roundTripMs: LONG_ROUND_TRIP_MS });
  return roundTripsOf(medians(await times(ROUNDS, ours)), near);
}

async function takeTurns(
  { ours, stock }: Sides,
  stockRounds: number,
): Promise<{ readonly ours: Lap; readonly stock: number }> {
  const laps = { ours: [] as Lap[], stock: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    laps.ours.push(await ours());
    if (round < stockRounds) laps.stock.push(await stock());
  }
  return { ours: medians(laps.ours), stock: median(laps.stock) };
}

async function times<T>(count: number, measure: () => Promise<T>): Promise<T[]> {
  const all: T[] = [];
  while (all.length < count) all.push(await measure());
  return all;
}

function medians(laps: readonly Lap[]): Lap {
  return {
    total: median(laps.map(({ total }) => total)),
    connected: median(laps.map(({ connected }) => connected)),
  };
}

function roundTripsOf(far: Lap, near: Lap): Lap {
  return {
    total: slope(far.total, near.total, LONG_ROUND_TRIP_MS),
    connected: slope(far.connected, near.connected, LONG_ROUND_TRIP_MS),
  };
}
