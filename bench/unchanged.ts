import {
  LabError,
  makeRelease,
  setUpOpenssh,
  startNixHost,
  writeFlake,
  type Attributes,
  type MadeRelease,
  type NixHost,
} from '../lab/index.ts';
import { CacheServer } from '../lab/cache-service.ts';
import { Step } from '../lab/step.ts';
import { seconds, type Hosts } from './hosts.ts';
import type { OursRequest } from './ours/request.ts';

const FOLDER = '/srv/unchanged';
const LOGIN = 'ci';
const RELEASE = '/release.tar.xz';
const LIMIT_MS = 300_000;

/** What an installer does with a release, without asking anybody; then the flake is built as one would by hand. */
const STOCK = `
set -eu
mkdir /unpacked
tar -xJf ${RELEASE} -C /unpacked --strip-components=1
mkdir -p /nix/store /nix/var/nix
cp -a /unpacked/store/. /nix/store/
nix=$(echo /nix/store/*-nix-*/bin)
PATH=$nix:$PATH
nix-store --load-db < /unpacked/.reginfo
exec nix --extra-experimental-features 'nix-command flakes' build --no-link --store "$0" --eval-store auto "$@"
`;

/** A job whose flake has not changed since the one before, on runners without Nix. */
export class Unchanged implements AsyncDisposable {
  readonly #hosts: Hosts;
  readonly #attributes: Attributes;
  readonly #release: MadeRelease;
  readonly #cache: CacheServer;
  readonly #bare: NixHost;

  private constructor(
    hosts: Hosts,
    attributes: Attributes,
    release: MadeRelease,
    cache: CacheServer,
    bare: NixHost,
  ) {
    this.#hosts = hosts;
    this.#attributes = attributes;
    this.#release = release;
    this.#cache = cache;
    this.#bare = bare;
  }

  /** Runs the job before: on the runner that has Nix, and to the end, so that everything is built and kept. */
  static async prepare(hosts: Hosts, attributes: Attributes): Promise<Unchanged> {
    const cache = await CacheServer.start();
    const bare = await startNixHost({ name: 'bare', nix: 'none' });
    const unchanged = new Unchanged(hosts, attributes, await makeRelease(), cache, bare);
    await writeFlake(hosts.runner, FOLDER, attributes, 'ci', { git: true });
    await writeFlake(bare, FOLDER, attributes, 'ci', { git: true });
    await hosts.link.shape({ roundTripMs: 0 });
    const { log } = await unchanged.#run(hosts.runner);
    if (!/^evaluated /m.test(log)) throw new LabError('the job before did not evaluate', log);
    return unchanged;
  }

  /** @returns seconds of main */
  async ours(): Promise<number> {
    const { taken, log } = await this.#run(this.#bare);
    if (!/^nothing has changed/m.test(log)) throw new LabError('something was done', log);
    return taken;
  }

  /** Logging in alone. @returns seconds of that */
  async login(): Promise<number> {
    const { builder, link } = this.#hosts;
    const request: OursRequest = {
      store: this.#uri,
      knownHosts: builder.knownHosts(link.port),
      privateKey: builder.key.privateKey,
      derivations: [],
    };
    const program = ['node', '/checkout/bench/ours/login.ts'];
    const options = { user: LOGIN, stdin: JSON.stringify(request) } as const;
    const report = JSON.parse(await this.#bare.output(program, options)) as { connected: number };
    return report.connected;
  }

  /** On a runner of its own. @returns seconds from nothing to the end of `nix build` */
  async stock(): Promise<number> {
    const { builder, link } = this.#hosts;
    const binds = [{ source: this.#release.file, destination: RELEASE, access: 'ro' }] as const;
    await using fresh = await startNixHost({ name: 'fresh', nix: 'none', binds });
    await writeFlake(fresh, FOLDER, this.#attributes, 'root', { git: true });
    await setUpOpenssh(fresh, 'root', builder, link.port);
    const names = Object.keys(this.#attributes).map((name) => `.#${name}`);
    const start = performance.now();
    await fresh.output(['sh', '-c', STOCK, `ssh-ng://${LOGIN}@${builder.name}`, ...names], {
      cwd: FOLDER,
      timeoutMs: LIMIT_MS,
    });
    return seconds(start);
  }

  async #run(runner: NixHost): Promise<{ readonly taken: number; readonly log: string }> {
    const { builder, link } = this.#hosts;
    const step = await Step.prepare(runner, {
      user: LOGIN,
      workspace: FOLDER,
      env: this.#cache.env,
      timeoutMs: LIMIT_MS,
      inputs: {
        store: this.#uri,
        'ssh-key': builder.key.privateKey,
        'known-hosts': builder.knownHosts(link.port),
        installables: '.#packages',
        'nix-version': runner.root.nixVersion,
      },
    });
    const start = performance.now();
    const { code, log } = await step.collect(await step.main());
    const taken = seconds(start);
    if (code !== 0) throw new LabError('the step failed', log);
    await step.collect(await step.post());
    return { taken, log };
  }

  get #uri(): string {
    return `ssh-ng://${LOGIN}@127.0.0.1:${this.#hosts.link.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#bare.stop();
    await this.#cache[Symbol.asyncDispose]();
  }
}
