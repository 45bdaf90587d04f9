import { expect } from 'vitest';
import {
  CacheServer,
  recipes,
  startBuilder,
  startNixHost,
  USERS,
  type Builder,
  type CacheServiceMood,
  type NixHost,
} from '../../lab/index.ts';
import type { StepResult } from '../../lab/step.ts';
import { FakeGithub } from './fake-github.ts';
import { makeWorkspace, parseResults, prepareScenario, statusesOf } from './scenario.ts';

const TOKEN = 'ghs_16C7e42F292c6912E7710c838347Ae178B4a';

/** Of who runs the jobs. */
export const HOME = USERS.owner.home;

/** Statuses of a job that went well. */
export const GOOD = { hello: expect.stringMatching(/^(built|cached)$/) as string };

const REPOSITORIES = ['one', 'other'] as const;

/** Its only package is another flake's, which is fetched from GitHub. */
function flakeOf(input: string): string {
  return `{
  inputs.fetched.url = "github:lab/${input}";
  outputs = { fetched, ... }: { inherit (fetched) packages; };
}
`;
}

export interface CachedJob {
  /** Default: one on which nothing ever ran. */
  readonly host?: NixHost;
  /** The repository that the flake has as its input. */
  readonly input?: (typeof REPOSITORIES)[number];
  readonly inputs?: Readonly<Record<string, string>>;
  /** How the service is when post begins. */
  readonly moodOfPost?: CacheServiceMood;
  /** Between main and post. */
  readonly meanwhile?: (host: NixHost) => Promise<void>;
}

/** Main and post of one job. */
export interface RanJob {
  readonly main: StepResult;
  readonly post: StepResult;
  readonly statuses: Readonly<Record<string, string>>;
  /** How often main had GitHub send an archive. */
  readonly downloads: number;
}

/** Jobs that build a flake whose input is at GitHub, with a cache service. */
export class CachedJobs implements AsyncDisposable {
  readonly builder: Builder;
  server: CacheServer;
  readonly #github: FakeGithub;
  readonly #locks = new Map<string, string>();

  private constructor(builder: Builder, github: FakeGithub, server: CacheServer) {
    this.builder = builder;
    this.#github = github;
    this.server = server;
  }

  static async start(): Promise<CachedJobs> {
    const [builder, github, server] = await Promise.all([
      startBuilder({ suite: 'sid' }),
      FakeGithub.start({ hello: recipes.script('hello', 'echo hello > $out') }),
      CacheServer.start(),
    ]);
    const jobs = new CachedJobs(builder, github, server);
    await jobs.#lock();
    return jobs;
  }

  /** Another service, that has nothing. */
  async renewServer(): Promise<void> {
    await this.server[Symbol.asyncDispose]();
    this.server = await CacheServer.start();
  }

  /** A host with Nix on which nothing ever ran. */
  async freshHost(): Promise<NixHost> {
    const host = await startNixHost({ suite: 'sid', name: 'runner', nix: 'user-owned' });
    await this.#github.introduceTo(host);
    return host;
  }

  /** Environment of a Nix that fetches from that GitHub. */
  get nixEnv(): Readonly<Record<string, string>> {
    return { ...this.#github.env, NIX_CONFIG: `access-tokens = github.com=${TOKEN}` };
  }

  /** Main and post. Post must succeed. */
  async run(job: CachedJob = {}): Promise<RanJob> {
    if (job.host) return await this.#runOn(job.host, job);
    await using host = await this.freshHost();
    return await this.#runOn(host, job);
  }

  /** What the service has, by the whole keys. */
  async keys(): Promise<readonly string[]> {
    return (await this.server.entries()).map(({ key }) => key);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
    await this.#github[Symbol.asyncDispose]();
    await this.builder.stop();
  }

  async #lock(): Promise<void> {
    await using host = await this.freshHost();
    for (const input of REPOSITORIES) {
      const folder = `${HOME}/${input}`;
      await host.write(folder, { 'flake.nix': flakeOf(input) }, 'owner');
      const argv = ['nix', 'flake', 'lock', `path:${folder}`];
      await host.output(argv, { user: 'owner', env: this.nixEnv });
      this.#locks.set(input, await host.read(`${folder}/flake.lock`));
    }
  }

  async #runOn(runner: NixHost, { input = 'one', ...job }: CachedJob): Promise<RanJob> {
    const workspace = await makeWorkspace(runner, 'owner');
    const files = { 'flake.nix': flakeOf(input), 'flake.lock': this.#locks.get(input) ?? '' };
    await runner.write(workspace, files, 'owner');
    const { step } = await prepareScenario({
      ...{ builder: this.builder, runner, workspace },
      // Nothing is learned for a choice that there is none of, and with arguments of its own it evaluates in any case.
      inputs: {
        mode: 'remote-store',
        'eval-args': '--show-trace',
        'github-token': TOKEN,
        ...job.inputs,
      },
      env: { ...this.#github.env, ...this.server.env },
    });
    const before = this.#downloads();
    const main = await step.collect(await step.main());
    const downloads = this.#downloads() - before;
    await job.meanwhile?.(runner);
    if (job.moodOfPost) this.server.mood = job.moodOfPost;
    const post = await step.collect(await step.post());
    expect(post.code, post.log).toBe(0);
    const statuses = statusesOf(parseResults(main.outputs.get('results')));
    return { main, post, statuses, downloads };
  }

  #downloads(): number {
    return this.#github.requests.filter(({ url }) => url.includes('/tarball/')).length;
  }
}
