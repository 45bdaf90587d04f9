import { atMost, type BenchCase } from '../case.ts';
import { measureScenario, type AutoResult } from '../auto/measure.ts';
import { SCENARIOS } from '../auto/scenarios.ts';
import { ROUND_TRIP_MS } from '../side-by-side.ts';

/** 100 Mbit/s in each direction. */
const RATE = 12.5e6;

/** How much slower than the best mode the chosen one may be: a factor, or seconds. */
const SLACK = { factor: 1.1, seconds: 2 } as const;

export const auto: BenchCase = {
  name: 'auto',
  work: `a step in the mode that is best, chosen from evidence, in ${SCENARIOS.length} scenarios (stock: always remote builders)`,
  attributes: {},
  async measure(hosts) {
    const lane = { delayMs: ROUND_TRIP_MS / 2, bytesPerSecond: RATE };
    await hosts.link.shape({ up: lane, down: lane });
    const scenarios: AutoResult[] = [];
    for (const [index, scenario] of SCENARIOS.entries()) {
      const result = await measureScenario(hosts, scenario, index);
      process.stderr.write(`${lineOf(result)}\n`);
      scenarios.push(result);
    }
    await hosts.link.shape({ roundTripMs: ROUND_TRIP_MS });
    const total = (of: (result: AutoResult) => number): number =>
      scenarios.reduce((seconds, result) => seconds + of(result), 0);
    return {
      ours: total(({ chosenSeconds }) => chosenSeconds),
      stock: total(
        ({ measured }) => measured.find(({ mode }) => mode === 'builders')?.seconds ?? 0,
      ),
      limit: total(({ bestSeconds }) => bestSeconds),
      roundTrips: undefined, // that of deciding is shown by the tests of evidence
      rounds: { ours: 1, stock: 1 },
      details: {
        decidingSeconds: Math.max(...scenarios.map(({ decidingSeconds }) => decidingSeconds)),
      },
      scenarios,
      targets: scenarios.map(({ scenario, chosenSeconds, bestSeconds }) => {
        const wanted = Math.max(bestSeconds * SLACK.factor, bestSeconds + SLACK.seconds);
        return atMost(wanted, `seconds: ${scenario}`, chosenSeconds);
      }),
    };
  },
};

function lineOf({ scenario, chosen, best, reason, measured }: AutoResult): string {
  const times = measured.map(({ mode, seconds }) => `${mode} ${seconds.toFixed(1)} s`).join(', ');
  return `  ${scenario}: ${times}; chosen ${chosen}${chosen === best ? '' : ` (best: ${best})`}: ${reason}`;
}
