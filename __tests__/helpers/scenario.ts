import type { Attributes, Builder, FlakeOptions, NixHost, UserName } from '../../lab/index.ts';
import { USERS, writeFlake } from '../../lab/index.ts';
import { Step, type StepResult } from '../../lab/step.ts';
import type { ResultEntry } from '../../src/action/results.ts';

/** A step to be run, as a workflow would say it; what is left out is what most scenarios want. */
export interface Scenario {
  readonly builder: Builder;
  readonly runner: NixHost;
  /** Who runs the step; default: who owns the runner's store, or `ci` where that is root. */
  readonly user?: UserName | undefined;
  /** Who logs in on the builder; default `ci`. */
  readonly login?: UserName | undefined;
  /** Parameters of the store's URI: `remote-program=nix-daemon`. */
  readonly query?: string | undefined;
  /** Where the builder is reached; default: its own sshd, without a link. */
  readonly port?: number | undefined;
  /** Written as a flake into the workspace, if it is given. */
  readonly attributes?: Attributes | undefined;
  readonly flake?: FlakeOptions | undefined;
  /** Default: a fresh folder in the user's home. */
  readonly workspace?: string | undefined;
  /** Beside those that say where to build; `installables` is `path:.#packages` unless it is here. */
  readonly inputs?: Readonly<Record<string, string>> | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/** A step that is ready to start. */
export interface Prepared {
  readonly step: Step;
  readonly user: UserName;
  readonly workspace: string;
}

/** A step that has ended. */
export interface Ran extends StepResult {
  readonly user: UserName;
  readonly workspace: string;
  readonly results: readonly ResultEntry[];
  /** Status by the attribute's last name. */
  readonly statuses: Readonly<Record<string, string>>;
}

export async function prepareScenario(scenario: Scenario): Promise<Prepared> {
  const { builder, runner, login = 'ci', port = builder.port } = scenario;
  const user = scenario.user ?? (runner.setup === 'user-owned' ? 'owner' : 'ci');
  const workspace = scenario.workspace ?? (await makeWorkspace(runner, user));
  if (scenario.attributes) {
    await writeFlake(runner, workspace, scenario.attributes, user, scenario.flake);
  }
  const query = scenario.query === undefined ? '' : `?${scenario.query}`;
  const step = await Step.prepare(runner, {
    user,
    workspace,
    inputs: {
      store: `ssh-ng://${login}@127.0.0.1:${port}${query}`,
      'ssh-key': builder.key.privateKey,
      'known-hosts': builder.knownHosts(port),
      installables: 'path:.#packages',
      ...scenario.inputs,
    },
    ...(scenario.env && { env: scenario.env }),
  });
  return { step, user, workspace };
}

/** Main and then post of the committed bundle. Post must succeed whatever main did. */
export async function runScenario(scenario: Scenario): Promise<Ran> {
  return await finishScenario(await prepareScenario(scenario));
}

/** The same for a step that is prepared already. */
export async function finishScenario({ step, user, workspace }: Prepared): Promise<Ran> {
  const main = await step.collect(await step.main());
  const post = await step.collect(await step.post());
  if (post.code !== 0) throw new Error(`post ended with ${post.code}: ${post.log}`);
  const results = parseResults(main.outputs.get('results'));
  return { ...main, user, workspace, results, statuses: statusesOf(results) };
}

/** An empty folder in the user's home. */
export async function makeWorkspace(runner: NixHost, user: UserName): Promise<string> {
  return await runner.output(['mktemp', '-d', `${USERS[user].home}/work-XXXXXX`], { user });
}

export function parseResults(json: string | undefined): readonly ResultEntry[] {
  return JSON.parse(json ?? '[]') as readonly ResultEntry[];
}

export function statusesOf(results: readonly ResultEntry[]): Readonly<Record<string, string>> {
  // The last entry of results that were cut has no attribute.
  const entries = results.filter((entry) => 'attribute' in entry);
  return Object.fromEntries(entries.map(({ attribute, status }) => [lastName(attribute), status]));
}

/** `hello` of `packages.x86_64-linux.hello`. */
export function lastName(attribute: string): string {
  return attribute.slice(attribute.lastIndexOf('.') + 1);
}

/** Where an output of an attribute is, as `results` says it. */
export function outputPath({ results }: Ran, name: string, output = 'out'): string {
  const path = results.find(({ attribute }) => lastName(attribute) === name)?.outputs[output];
  if (path === undefined) throw new Error(`no output ${output} of ${name} in the results`);
  return path;
}

/** Where a link in the workspace leads to; undefined if there is none. */
export async function linkTarget(
  runner: NixHost,
  { workspace }: Pick<Ran, 'workspace'>,
  name: string,
): Promise<string | undefined> {
  const { code, stdout } = await runner.run(['readlink', `${workspace}/${name}`]);
  return code === 0 ? stdout.trim() : undefined;
}

export function linesOf(log: string): readonly string[] {
  return log.split('\n');
}
