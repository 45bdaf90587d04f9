import {
  SYSTEM,
  within,
  writeFlake,
  type Attributes,
  type Finished,
  type HostProcess,
  type RunOptions,
  type UserName,
} from '../../lab/index.ts';
import type { Step, StepResult } from '../../lab/step.ts';
import { makeWorkspace, prepareScenario, type Scenario } from './scenario.ts';

/** A step that only sets up, and what its socket is to be used for. */
export type OffloadScenario = Omit<Scenario, 'attributes' | 'flake'>;

type SpawnOptions = Omit<RunOptions, 'user'>;

export interface OffloadRunOptions extends SpawnOptions {
  /** Milliseconds; default a minute. Then the program is killed, and the error holds what it printed. */
  readonly timeoutMs?: number | undefined;
}

const RUN_LIMIT_MS = 60_000;

/**
 * A set-up step that has ended, and whose socket serves the steps that follow. Post runs when it is disposed of, unless it was
 * stopped before.
 */
export class Offload implements AsyncDisposable {
  readonly user: UserName;
  /** Where programs run unless they say otherwise. */
  readonly workspace: string;
  /** What main printed and left. */
  readonly main: StepResult;
  readonly #scenario: OffloadScenario;
  readonly #step: Step;
  #stopped: Promise<StepResult> | undefined;

  constructor(scenario: OffloadScenario, user: UserName, step: Step, main: StepResult) {
    this.#scenario = scenario;
    this.user = user;
    this.workspace = scenario.workspace ?? '';
    this.#step = step;
    this.main = main;
  }

  /** What later steps get. */
  get env(): Readonly<Record<string, string>> {
    const { environment, path } = this.main;
    const PATH = path.length === 0 ? {} : { PATH: [...path, '/usr/bin', '/bin'].join(':') };
    return { ...Object.fromEntries(environment), ...PATH };
  }

  /** The daemon socket that later steps use, as they see it. */
  get socketPath(): string {
    const path = this.main.environment.get('NIX_DAEMON_SOCKET_PATH');
    if (path === undefined) throw new Error(`main exported no socket: ${this.main.log}`);
    return path;
  }

  /** Writes a flake into the workspace, in place of the one before. */
  async writeFlake(attributes: Attributes): Promise<void> {
    await writeFlake(this.#scenario.runner, this.workspace, attributes, this.user);
  }

  /** Where outputs of the flake's attributes are or will be. Not for content-addressed ones. */
  async outPaths(names: readonly string[]): Promise<readonly string[]> {
    const list = names.map((name) => `attributes.${name}.outPath`).join(' ');
    const apply = ['--apply', `attributes: [ ${list} ]`];
    const set = `path:.#packages.${SYSTEM}`;
    return JSON.parse(await this.output(['nix', 'eval', '--json', ...apply, set])) as string[];
  }

  /** What a link in the workspace leads to. */
  async target(link: string): Promise<string> {
    return await this.output(['readlink', link]);
  }

  /** Starts a program of a later step. */
  spawn(argv: readonly string[], options: SpawnOptions = {}): HostProcess {
    return this.#scenario.runner.spawn(argv, {
      cwd: this.workspace,
      ...options,
      user: this.user,
      env: { ...this.env, ...options.env },
    });
  }

  /** Runs a program of a later step to its end. */
  async run(argv: readonly string[], options: OffloadRunOptions = {}): Promise<Finished> {
    return await this.#scenario.runner.run(argv, {
      timeoutMs: RUN_LIMIT_MS,
      cwd: this.workspace,
      ...options,
      user: this.user,
      env: { ...this.env, ...options.env },
    });
  }

  /** What a program of a later step prints; throws when it fails. */
  async output(argv: readonly string[], options: OffloadRunOptions = {}): Promise<string> {
    const { code, stdout, stderr } = await this.run(argv, options);
    if (code === 0) return stdout.trimEnd();
    throw new Error(`${argv.join(' ')} ended with ${code}: ${stderr}`);
  }

  /** Memory that the process behind the socket holds. */
  async residentMegabytes(): Promise<number> {
    const { runner } = this.#scenario;
    const isOurs = (argv: readonly string[]) =>
      argv.some((word) => word.includes('/dist/offload/'));
    const ours = (await runner.processes()).find(({ argv }) => isOurs(argv));
    if (!ours) throw new Error('no process serves the socket');
    const kibibytes = /^VmRSS:\s*(\d+)/m.exec(await runner.read(`/proc/${ours.pid}/status`))?.[1];
    return Number(kibibytes) / 1024;
  }

  /** Runs post to its end. Idempotent. */
  stop(): Promise<StepResult> {
    this.#stopped ??= this.#post();
    return this.#stopped;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { code, log } = await this.stop();
    if (code !== 0) throw new Error(`post ended with ${code}: ${log}`);
  }

  async #post(): Promise<StepResult> {
    const post = await this.#step.post();
    return await within(30_000, 'end of post', this.#step.collect(post));
  }
}

/** Runs main in set-up mode. @throws Error with its log when it fails */
export async function setUpOffload(scenario: OffloadScenario): Promise<Offload> {
  const user = scenario.user ?? (scenario.runner.setup === 'user-owned' ? 'owner' : 'trusted');
  const workspace = scenario.workspace ?? (await makeWorkspace(scenario.runner, user));
  const whole = { ...scenario, user, workspace };
  const { step } = await prepareScenario({
    ...whole,
    inputs: { installables: '', ...scenario.inputs },
  });
  const main = await step.collect(await step.main());
  if (main.code === 0) return new Offload(whole, user, step, main);
  await step.collect(await step.post());
  throw new Error(`setting up ended with ${main.code}: ${main.log}`);
}
