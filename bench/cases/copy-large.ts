import { recipes } from '../../lab/index.ts';
import { atLeast, atMost, type BenchCase } from '../case.ts';
import { oursCopies, prepareCopy, stockCopies } from '../copying.ts';
import type { OursLap } from '../hosts.ts';
import { median } from '../statistics.ts';

const BYTES = 1 << 30;
const ROUNDS = 3;
const MEGABYTE = 1e6;

/** Without a link between: it would need a share of the processor, and both sides would wait for that. */
export const copyLarge: BenchCase = {
  name: 'copy-large',
  work: 'copy one path of 1 GiB back, without delay',
  attributes: { large: recipes.randomFile('large', BYTES) },
  async measure(hosts) {
    const copy = await prepareCopy(hosts, 'large', 'ci', 'direct');
    const laps: OursLap[] = [];
    const stockLaps: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      laps.push(await oursCopies(hosts, copy));
      stockLaps.push(await stockCopies(hosts, copy));
    }
    const ours = median(laps.map(({ total }) => total));
    const stock = median(stockLaps);
    const peakMemoryMB = Math.max(...laps.map(({ peakMemory }) => peakMemory)) / MEGABYTE;
    return {
      ours,
      stock,
      limit: await hosts.importSeconds(copy.paths),
      roundTrips: undefined,
      rounds: { ours: ROUNDS, stock: ROUNDS },
      details: {
        oursConnected: median(laps.map(({ connected }) => connected)),
        oursProcessor: median(laps.map(({ cpu }) => cpu)),
        peakMemoryMB,
      },
      targets: [atLeast(0.8, 'ratio', stock / ours), atMost(250, 'peakMemoryMB', peakMemoryMB)],
    };
  },
};
