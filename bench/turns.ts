import { median } from './statistics.ts';

/**
 * Measures several things one after the other, and that again and again, so that what else the machine does concerns all of them.
 * @param measures each once more than `rounds`, for the first time warms up
 * @returns medians
 */
export async function inTurns<Name extends string>(
  rounds: number,
  measures: Readonly<Record<Name, () => Promise<number>>>,
): Promise<Readonly<Record<Name, number>>> {
  const names = Object.keys(measures) as Name[];
  const laps = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of names) {
      const taken = await measures[name]();
      if (round > 0) laps.get(name)?.push(taken);
    }
  }
  const medians = names.map((name) => [name, median(laps.get(name) ?? [])] as const);
  return Object.fromEntries(medians) as Record<Name, number>;
}
