import { CpuLimit, SYSTEM, writeFlake, type UserName } from '../../lab/index.ts';
import { Step } from '../../lab/step.ts';
import type { Mode } from '../../src/plan/evidence.ts';
import type { Prediction } from '../../src/plan/predict.ts';
import { seconds, type Hosts } from '../hosts.ts';
import type { DecideReport, DecideRequest } from '../ours/decide.ts';
import type { AutoScenario } from './scenarios.ts';

/** Both daemons trust him: else builders could not be had. */
const USER = 'trusted' satisfies UserName;

/** Of one processor: what a small machine has beside a large one. */
const RUNNER_CPUS = 0.5;

const MODES: readonly Mode[] = ['remote-store', 'builders', 'local'];

const LIMIT_MS = 300_000;

/** How well a mode was chosen. */
export interface AutoResult {
  readonly scenario: string;
  readonly chosen: Mode;
  readonly chosenSeconds: number;
  readonly best: Mode;
  readonly bestSeconds: number;
  readonly reason: string;
  /** Asking and deciding alone, by the same code in a program of its own, which says what it expected, too. */
  readonly decidingSeconds: number;
  readonly predictions: readonly Prediction[];
  readonly measured: readonly Measured[];
}

/** What a mode really took. */
export interface Measured {
  readonly mode: Mode;
  /** Of the whole step, evaluation and connecting included. */
  readonly seconds: number;
  readonly bytesUp: number;
  readonly bytesDown: number;
}

/** Runs a scenario in every mode, each time with paths that nobody has seen, and chooses as `auto` does. */
export async function measureScenario(
  hosts: Hosts,
  scenario: AutoScenario,
  index: number,
): Promise<AutoResult> {
  const measured: Measured[] = [];
  let report: DecideReport | undefined;
  for (const mode of MODES) {
    const folder = await prepare(hosts, scenario, `auto${index}-${mode}`);
    await using limit = await CpuLimit.put(hosts.runner, RUNNER_CPUS);
    report ??= await decideFor(hosts, scenario, folder, limit);
    measured.push(await runMode(hosts, scenario, mode, folder, limit));
  }
  if (!report) throw new Error('no mode was run');
  const { reason, predictions } = report.decision;
  const [best] = measured.toSorted((one, other) => one.seconds - other.seconds);
  const own = await runAuto(hosts, scenario, `auto${index}-auto`);
  if (!best) throw new Error('no mode was run');
  return {
    scenario: scenario.name,
    ...{ chosen: own.mode, chosenSeconds: own.seconds, best: best.mode, bestSeconds: best.seconds },
    ...{ reason, decidingSeconds: report.seconds, predictions, measured },
  };
}

/** Writes the flake, and builds what is to be there before. @returns its folder on the runner */
async function prepare(hosts: Hosts, scenario: AutoScenario, salt: string): Promise<string> {
  const folder = `/home/${USER}/${salt}`;
  const attributes = scenario.attributes(salt);
  for (const [host, names] of [
    [hosts.runner, scenario.here],
    [hosts.builder, scenario.there],
  ] as const) {
    await writeFlake(host, folder, attributes, USER);
    if (names.length === 0) continue;
    const argv = ['nix', 'build', '--no-link', ...names.map((name) => `path:${folder}#${name}`)];
    await host.output(argv, { user: USER, timeoutMs: LIMIT_MS });
  }
  return folder;
}

async function runAuto(hosts: Hosts, scenario: AutoScenario, salt: string): Promise<Measured> {
  const folder = await prepare(hosts, scenario, salt);
  await using limit = await CpuLimit.put(hosts.runner, RUNNER_CPUS);
  return await runMode(hosts, scenario, 'auto', folder, limit);
}

/** What `auto` would choose, by the code that is to choose; it evaluates before, as the step does. */
async function decideFor(
  hosts: Hosts,
  { wanted, back }: AutoScenario,
  folder: string,
  limit: CpuLimit,
): Promise<DecideReport> {
  const { runner, builder, link } = hosts;
  const apply =
    'each: builtins.mapAttrs (_: one: { inherit (one) drvPath; output = one.outPath; }) each';
  const argv = ['nix', 'eval', '--json', `path:${folder}#packages.${SYSTEM}`, '--apply', apply];
  const all = JSON.parse(await runner.output(argv, { user: USER })) as Record<
    string,
    DecideRequest['derivations'][number]
  >;
  const request: DecideRequest = {
    store: `ssh-ng://${USER}@127.0.0.1:${link.port}`,
    knownHosts: builder.knownHosts(link.port),
    privateKey: builder.key.privateKey,
    derivations: wanted.flatMap((name) => all[name] ?? []),
    back,
  };
  const env = { NODE_COMPILE_CACHE: '/var/tmp/bench-compile-cache' };
  const deciding = runner.spawn(['node', '/checkout/bench/ours/decide.ts'], { user: USER, env });
  await limit.add(await deciding.pid());
  deciding.stdin.end(JSON.stringify(request));
  const { stdout, stderr } = await deciding.collect();
  if (stdout === '') throw new Error(`deciding failed: ${stderr}`);
  return JSON.parse(stdout) as DecideReport;
}

async function runMode(
  hosts: Hosts,
  { name, wanted, back }: AutoScenario,
  mode: Mode | 'auto',
  folder: string,
  limit: CpuLimit,
): Promise<Measured> {
  const { runner, builder, link } = hosts;
  const uri = `ssh-ng://${USER}@127.0.0.1:${link.port}`;
  const places = {
    'remote-store': { store: uri },
    builders: { builders: `${uri} ${SYSTEM} - 4`, 'max-jobs': '0' },
    local: {},
    auto: { store: uri },
  } as const;
  const step = await Step.prepare(runner, {
    user: USER,
    workspace: folder,
    timeoutMs: LIMIT_MS,
    inputs: {
      ...{ mode, ...places[mode] },
      'ssh-key': builder.key.privateKey,
      'known-hosts': builder.knownHosts(link.port),
      installables: wanted.map((each) => `path:.#${each}`).join('\n'),
      'copy-outputs': String(back),
      'out-link': '',
    },
  });
  const start = performance.now();
  const main = await step.main();
  await limit.add(await main.pid());
  const { code, log, outputs } = await step.collect(main);
  const taken = seconds(start);
  if (code !== 0) throw new Error(`${name} in mode ${mode} failed:\n${log}`);
  await step.collect(await step.post());
  const bytes = (output: string): number => Number(outputs.get(output) ?? 0);
  const used = MODES.find((each) => each === outputs.get('mode'));
  if (!used) throw new Error(`${name} in mode ${mode} does not say in which it was`);
  return {
    mode: used,
    seconds: taken,
    bytesUp: bytes('bytes-uploaded'),
    bytesDown: bytes('bytes-downloaded'),
  };
}
