import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'vitest';
import {
  recipes,
  SYSTEM,
  writeFlake,
  type Attributes,
  type Builder,
  type NixHost,
  type UserName,
} from '../../lab/index.ts';
import { linkTarget, makeWorkspace, outputPath, runScenario, type Ran } from './scenario.ts';

/** A line of Nix's machines format; what is left out is as Nix has it. */
export interface MachineOptions {
  /** Default `ssh-ng`. */
  readonly protocol?: 'ssh' | 'ssh-ng';
  /** Who logs in; default `trusted`. */
  readonly login?: UserName;
  /** Default: this machine's. */
  readonly systems?: readonly string[];
  /** Default 4. */
  readonly maxJobs?: number;
  readonly speedFactor?: number;
  readonly supportedFeatures?: readonly string[];
  readonly mandatoryFeatures?: readonly string[];
}

type Port = Pick<Builder, 'port'>;

/** The name by which people know a builder. */
export function machineUri(
  { port }: Port,
  { protocol = 'ssh-ng', login = 'trusted' }: MachineOptions = {},
): string {
  return `${protocol}://${login}@127.0.0.1:${port}`;
}

export function machineLine(builder: Port, options: MachineOptions = {}): string {
  const { systems = [SYSTEM], maxJobs = 4, speedFactor = 1 } = options;
  const list = (items: readonly string[] = []): string => items.join(',') || '-';
  const features = [list(options.supportedFeatures), list(options.mandatoryFeatures)];
  return [machineUri(builder, options), list(systems), '-', maxJobs, speedFactor, ...features].join(
    ' ',
  );
}

/** That no text for people holds the way by which Nix itself reaches a machine. */
export async function expectNoTunnelNames(runner: NixHost, ran: Ran): Promise<void> {
  const texts = [ran.log, ran.summary, ...ran.outputs.values(), ...(await buildLogs(runner, ran))];
  const lines = texts.flatMap((text) => text.split('\n'));
  expect(lines.filter((line) => /remote-program|ssh(-ng)?:\/\/localhost/.test(line))).toEqual([]);
}

async function buildLogs(runner: NixHost, { outputs }: Ran): Promise<readonly string[]> {
  const folder = runner.path(outputs.get('log-dir') ?? '/nonexistent');
  const names = await readdir(folder);
  return await Promise.all(names.map((name) => readFile(path.join(folder, name), 'utf8')));
}

/**
 * What steps left below /tmp, but for GitHub's own files, build logs and results, and empty folders that a Nix daemon makes for its build
 * hooks and leaves when it is killed.
 */
export async function filesOfSteps(runner: NixHost): Promise<readonly string[]> {
  const emptyOfNix = ['-regex', '/tmp/nix-[0-9]+-[0-9]+', '-empty'];
  const find = [
    'find',
    '/tmp',
    '-mindepth',
    '1',
    '-not',
    '-name',
    'GITHUB_*',
    '-not',
    '(',
    ...emptyOfNix,
    ')',
  ];
  const allowed =
    /^\/tmp\/step-\w+(\/temp(\/nix-remote-build-\w+(\/(logs(\/[^/]+)?|results\.json))?)?)?$/;
  const found = (await runner.output(find)).split('\n');
  return found.filter((file) => file !== '' && !allowed.test(file));
}

/** Nothing that is not root's runs, and of root the machine's own daemon alone; no file of ours but logs and results. */
export async function expectNothingLeft(runner: NixHost): Promise<void> {
  // Who has ended, but was not waited for yet, has no arguments any more.
  const left = (await runner.processes()).filter(
    ({ argv }) => argv.length > 0 && argv.join(' ') !== 'nix-daemon',
  );
  expect(left).toEqual([]);
  expect(await filesOfSteps(runner)).toEqual([]);
}

/** More than fits any buffer on the way. */
const LOG_BYTES = 300_000;

/** What a pipe holds. As soon as its build hook has ended, Nix leaves unread what is still in the log's pipe. */
const PIPE_BYTES = 65_536;

/** What a whole flake is built with: every kind of outcome, and an import that takes a build. */
function wholeFlake(salt: string): Attributes {
  const name = (each: string): string => `${salt}-${each}`;
  return {
    there: recipes.file(name('there'), 10),
    leaf: recipes.file(name('leaf'), 1000),
    top: recipes.script(name('top'), 'wc -c < ${leaf} > $out'),
    talk: recipes.printing(name('talk'), LOG_BYTES),
    bad: recipes.failing(name('bad')),
    after: recipes.script(name('after'), 'cat ${bad} > $out'),
    imported: recipes.importFromDerivation(name('imported')),
  };
}

const STATUSES = {
  there: 'cached',
  leaf: 'built',
  top: 'built',
  talk: 'built',
  bad: 'failed',
  after: 'dependency-failed',
  imported: 'built',
};

let salts = 0;

/**
 * Builds a whole flake on a machine, and shows what was built where and what is told of it.
 * @param inputs beside those that this takes
 */
export async function expectWholeFlake(
  builder: Builder,
  runner: NixHost,
  user: UserName,
  machine: MachineOptions = {},
  inputs: Readonly<Record<string, string>> = {},
): Promise<void> {
  const salt = `${user}-${machine.protocol ?? 'ng'}-${(salts += 1)}`;
  const workspace = await makeWorkspace(runner, user);
  await writeFlake(runner, workspace, wholeFlake(salt), user);
  await runner.output(['nix', 'build', '--no-link', 'path:.#there'], { user, cwd: workspace });
  const ran = await runScenario({
    ...{ builder, runner, user, workspace },
    inputs: {
      store: '',
      builders: machineLine(builder, machine),
      'keep-going': 'true',
      'copy-outputs': '*.to[a-z]\n*.talk',
      ...inputs,
    },
  });
  expect(ran.statuses, ran.log).toEqual(STATUSES);
  await expectBuiltThere(builder, runner, ran, machineUri(builder, machine));
  await expectLogs(runner, ran);
  await expectNoTunnelNames(runner, ran);
  expect(await runner.validPaths([outputPath(ran, 'imported')])).toHaveProperty('size', 1);
  const source = `-${salt}-imported-source`;
  expect((await builder.allPaths()).some((each) => each.endsWith(source))).toBe(true);
  await expectNothingLeft(runner);
}

async function expectBuiltThere(
  builder: Builder,
  runner: NixHost,
  ran: Ran,
  uri: string,
): Promise<void> {
  const remotes = Object.fromEntries(
    ran.results.map(({ attribute, remote }) => [attribute.split('.').at(-1) ?? '', remote]),
  );
  const built = ['leaf', 'top', 'talk', 'bad', 'imported'];
  expect(remotes).toEqual({
    ...Object.fromEntries(built.map((name) => [name, uri])),
    ...{ there: null, after: null },
  });
  const outputs = ['leaf', 'top', 'talk', 'imported'].map((name) => outputPath(ran, name));
  expect(await builder.validPaths(outputs)).toEqual(new Set(outputs));
  expect(await runner.validPaths(outputs)).toEqual(new Set(outputs));
  expect(await builder.validPaths([outputPath(ran, 'there')])).toEqual(new Set());
  const links = await Promise.all(
    ['top', 'talk', 'leaf', 'there'].map((name) => linkTarget(runner, ran, `result-${name}`)),
  );
  expect(links).toEqual([outputPath(ran, 'top'), outputPath(ran, 'talk'), undefined, undefined]);
}

async function expectLogs(runner: NixHost, ran: Ran): Promise<void> {
  const logs = await buildLogs(runner, ran);
  expect(logs.some((log) => /-bad fails on purpose$/m.test(log))).toBe(true);
  const longest = logs.toSorted((a, b) => b.length - a.length)[0] ?? '';
  expect(longest.length).toBeGreaterThanOrEqual(LOG_BYTES - PIPE_BYTES);
  expect(ran.log).toContain('fails on purpose');
}

/** What jobs must leave alone: the system's configuration, and what is in home folders but for workspaces and Nix's own caches. */
export async function configuration(runner: NixHost): Promise<string> {
  const pruned = ['-path', '*/.cache', '-prune', '-o', '-path', '*/work-*', '-prune', '-o'];
  const find = ['find', '/etc', '/root', '/home', ...pruned];
  return await runner.output([...find, '-type', 'f', '-exec', 'sha256sum', '{}', '+']);
}
