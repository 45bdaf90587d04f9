/**
 * `node bench/run.ts [NAME…] [--json] [--check] [--write-docs]` measures ours against stock Nix, side by side.
 * `--json`: one line of JSON a case; `--check`: fails where a target is missed, `--margin 1.5`: by more than that factor, for machines that
 * do other things, too; `--write-docs`: into README.md and docs/benchmarks.md.
 */
import { parseArgs } from 'node:util';
import { isMet, type BenchCase } from './case.ts';
import { CASES } from './cases.ts';
import { Hosts } from './hosts.ts';
import { resultOf, toJson, type Result } from './result.ts';
import { textTable } from './tables.ts';
import { writeDocs } from './write-docs.ts';

interface Request {
  readonly cases: readonly BenchCase[];
  readonly json: boolean;
  readonly check: boolean;
  /** By what factor a target may be missed. */
  readonly margin: number;
  readonly writeDocs: boolean;
}

const request = readRequest(process.argv.slice(2));
if (typeof request === 'string') {
  process.stderr.write(`bench: ${request}\n`);
  process.exitCode = 2;
} else {
  const results = await measure(request);
  if (request.writeDocs) await writeDocs(results);
  const kept = reportMissed(results, request.margin);
  if (request.check && !kept) process.exitCode = 1;
}

/** What the command line asks for, or what is wrong with it. */
function readRequest(args: readonly string[]): Request | string {
  const { values: flags, positionals: names } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      margin: { type: 'string', default: '1' },
      'write-docs': { type: 'boolean', default: false },
    },
  });
  const unknown = names.filter((name) => !CASES.some((each) => each.name === name));
  if (unknown.length > 0) {
    return `no case ${unknown.join(', ')}; there are ${CASES.map(({ name }) => name).join(', ')}`;
  }
  const cases = CASES.filter(({ name }) => names.length === 0 || names.includes(name));
  if (flags['write-docs'] && cases.length < CASES.length) return '--write-docs takes all cases';
  const margin = Number(flags.margin);
  if (!(margin >= 1)) return `--margin ${flags.margin} is no factor of 1 or more`;
  return { cases, json: flags.json, check: flags.check, margin, writeDocs: flags['write-docs'] };
}

/** Runs the cases one after the other, on the same two hosts, and prints each as soon as it is done. */
async function measure({ cases, json }: Request): Promise<readonly Result[]> {
  const results: Result[] = [];
  const attributes = Object.fromEntries(cases.flatMap((each) => Object.entries(each.attributes)));
  await using hosts = await Hosts.start(attributes);
  for (const each of cases) {
    process.stderr.write(`${each.name}: ${each.work} …\n`);
    const result = resultOf(each, await each.measure(hosts), hosts);
    results.push(result);
    process.stdout.write(`${json ? toJson(result) : textTable(result)}\n`);
  }
  return results;
}

/** @returns whether every promise was kept */
function reportMissed(results: readonly Result[], margin: number): boolean {
  const missed = results.flatMap(({ name, targets }) =>
    targets.filter((target) => !isMet(target, margin)).map((target) => ({ name, ...target })),
  );
  for (const { name, figure, value, bound, wanted } of missed) {
    process.stderr.write(`${name}: ${figure} is ${value.toPrecision(3)}, not ${bound} ${wanted}\n`);
  }
  return missed.length === 0;
}
