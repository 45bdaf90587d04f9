/**
 * `node bench/run.ts [NAME…] [--json] [--check] [--write-docs]` measures ours against stock Nix, side by side.
 * `--json`: one line of JSON a case; `--check`: fails where a target is missed; `--write-docs`: into README.md and docs/benchmarks.md.
 */
import { parseArgs } from 'node:util';
import type { BenchCase } from './case.ts';
import { CASES } from './cases.ts';
import { Hosts } from './hosts.ts';
import { resultOf, toJson, type Result } from './result.ts';
import { textTable } from './tables.ts';
import { writeDocs } from './write-docs.ts';

const { values: flags, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    'write-docs': { type: 'boolean', default: false },
  },
});

const chosen = choose(names);
if (flags['write-docs'] && chosen.length < CASES.length) {
  throw new Error('--write-docs takes a run of all cases');
}
const results: Result[] = [];
const attributes = Object.fromEntries(chosen.flatMap((each) => Object.entries(each.attributes)));
await using hosts = await Hosts.start(attributes);
for (const each of chosen) {
  process.stderr.write(`${each.name}: ${each.work} …\n`);
  const result = resultOf(each, await each.measure(hosts), hosts);
  results.push(result);
  process.stdout.write(flags.json ? `${toJson(result)}\n` : `${textTable(result)}\n`);
}
if (flags['write-docs']) await writeDocs(results);
const missed = results.flatMap(({ name, targets }) =>
  targets.filter(({ met }) => !met).map((target) => ({ name, ...target })),
);
for (const { name, figure, value, bound, wanted } of missed) {
  process.stderr.write(`${name}: ${figure} is ${value.toPrecision(3)}, not ${bound} ${wanted}\n`);
}
if (flags.check && missed.length > 0) process.exitCode = 1;

function choose(wanted: readonly string[]): readonly BenchCase[] {
  const unknown = wanted.filter((name) => !CASES.some((each) => each.name === name));
  if (unknown.length > 0) {
    const known = CASES.map(({ name }) => name).join(', ');
    throw new Error(`no such case: ${unknown.join(', ')}; there are ${known}`);
  }
  return CASES.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
}
