import os from 'node:os';
import { LabError, SYSTEM } from '../../lab/index.ts';
import { atLeast, atMost, type BenchCase } from '../case.ts';
import { seconds, type Hosts } from '../hosts.ts';
import type { EvaluateReport, EvaluateRequest } from '../ours/evaluate.ts';
import { inTurns } from '../turns.ts';

const USER = 'trusted';
const FLAKE = '/home/trusted/evaluate';
const COUNT = 1000;
const BAD = 'n500';
const BIG = 250;
const ROUNDS = 1;
const LIMIT_MS = 300_000;

/** Each takes some milliseconds by itself; one fails in a way that tryEval does not catch, one has a string of 1 GiB made twice. */
const TEXT = `{
  outputs = _: let
    busy = n: builtins.foldl' (a: b: a + b) n (builtins.genList (x: x) 7000);
    doubled = n: if n == 0 then "x" else let half = doubled (n - 1); in half + half;
    mebibyte = doubled 20;
    big = builtins.stringLength (builtins.concatStringsSep "" (builtins.genList (_: mebibyte) 1024));
    make = n: derivation {
      name = "n\${toString n}";
      system = "${SYSTEM}";
      builder = "/bin/sh";
      text = toString (busy n) + (if n == ${BIG} then toString big else "");
    };
    all = builtins.genList (n: { name = "n\${toString n}"; value = make n; }) ${COUNT};
    good = builtins.listToAttrs all;
  in {
    inherit good;
    all = good // { ${BAD} = abort "given up"; };
  };
}
`;

const NO_TIME = 'a wrong evaluation has no time';

export const evaluate: BenchCase = {
  name: 'evaluate',
  work: `evaluate ${COUNT} attributes, one of which fails, and one takes 2 GiB (stock: \`nix eval\` of the good ones)`,
  attributes: {},
  async measure(hosts) {
    await hosts.runner.write(FLAKE, { 'flake.nix': TEXT }, USER);
    const expected = await goodDrvPaths(hosts);
    const { ours, oneProcess, stock } = await inTurns(ROUNDS, {
      ours: () => timed(() => checked(hosts, null, expected)),
      oneProcess: () => timed(() => checked(hosts, 1, expected)),
      stock: () => timed(() => stockEvaluates(hosts)),
    });
    return {
      ours,
      stock,
      limit: stock / os.availableParallelism(),
      roundTrips: undefined,
      rounds: { ours: ROUNDS, stock: ROUNDS },
      details: { oneProcess, ratioOfOneProcess: stock / oneProcess },
      targets: [
        atLeast(os.availableParallelism() > 1 ? 1.1 : 0.7, 'ratio', stock / ours),
        atMost(1.5, 'oneProcess / stock', oneProcess / stock),
      ],
    };
  },
};

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return seconds(start);
}

/** @throws LabError unless all good attributes are what stock Nix says, and only the other one failed */
async function checked(
  hosts: Hosts,
  cores: number | null,
  expected: ReadonlyMap<string, string>,
): Promise<void> {
  const request: EvaluateRequest = { installable: `path:${FLAKE}#all`, system: SYSTEM, cores };
  const stdout = await hosts.runner.output(['node', '/checkout/bench/ours/evaluate.ts'], {
    user: USER,
    env: { NODE_COMPILE_CACHE: '/var/tmp/bench-compile-cache' },
    stdin: JSON.stringify(request),
    timeoutMs: LIMIT_MS,
  });
  const { drvPaths, failed } = JSON.parse(stdout) as EvaluateReport;
  if (failed.join(' ') !== `all.${BAD}`) throw new LabError(NO_TIME, failed.join('\n'));
  const wrong = drvPaths.filter(
    ([attribute, drvPath]) => expected.get(attribute.replace(/^all\./, '')) !== drvPath,
  );
  if (drvPaths.length !== COUNT - 1 || wrong.length > 0) {
    throw new LabError(NO_TIME, wrong.join('\n'));
  }
}

async function stockEvaluates({ runner }: Hosts): Promise<string> {
  const apply = `good: builtins.mapAttrs (_: each: each.drvPath) (removeAttrs good [ "${BAD}" ])`;
  const argv = ['nix', 'eval', '--json', `path:${FLAKE}#good`, '--apply', apply];
  return runner.output(argv, { user: USER, timeoutMs: LIMIT_MS });
}

async function goodDrvPaths(hosts: Hosts): Promise<ReadonlyMap<string, string>> {
  const json = await stockEvaluates(hosts);
  return new Map(Object.entries(JSON.parse(json) as Record<string, string>));
}
