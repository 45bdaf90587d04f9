import { setUpOpenssh, SYSTEM, type UserName } from '../lab/index.ts';
import { Fresh } from './fresh.ts';
import { seconds, type Hosts } from './hosts.ts';
import { DAEMON, type Variables } from './passing.ts';
import { roundTripsOfOurs } from './side-by-side.ts';

/** How many are built. */
export const COUNT = 41;

/** Round trips are those of a smaller build: with 41, what building takes varies by more than a round trip. */
const FEW = 2;

/** Who works on both hosts; their daemons trust him: else stock could not name builders. */
export const USER = 'trusted' satisfies UserName;

/** As many at once as the builder builds at most; with one, which is Nix's default, stock takes minutes. */
export const JOBS = 4;

/** `nix build` of small derivations that nobody has built before, by whatever way. */
export class SmallBuilds {
  /** Makes derivations on the runner. */
  readonly fresh: Fresh;
  readonly #hosts: Hosts;
  readonly #there: Fresh;

  private constructor(hosts: Hosts, here: Fresh, there: Fresh) {
    this.#hosts = hosts;
    this.fresh = here;
    this.#there = there;
  }

  /** @param name of the case: no other has the same derivations */
  static async prepare(hosts: Hosts, name: string): Promise<SmallBuilds> {
    const { runner, builder, link } = hosts;
    const folder = `/home/${USER}/${name}`;
    const here = await Fresh.prepare(runner, USER, folder);
    const there = await Fresh.prepare(builder, USER, folder);
    await setUpOpenssh(runner, 'root', builder, link.port); // it is the daemon that connects to builders
    return new SmallBuilds(hosts, here, there);
  }

  /**
   * Has the runner's `nix build` build derivations that have just been evaluated.
   * @param env what says where
   * @returns seconds, without evaluating
   */
  async run(options: readonly string[], env: Variables, count = COUNT): Promise<number> {
    const { drvPath, output } = await this.fresh.derivations(count);
    const argv = ['nix', 'build', '--no-link', ...options, `${drvPath}^out`];
    const start = performance.now();
    await this.#hosts.runner.output(argv, { user: USER, env });
    const taken = seconds(start);
    await this.#hosts.verify(await this.#hosts.closure([output])); // it is the builder that is asked for the closure: who built there has it
    return taken;
  }

  /** The same by Nix's own remote builders, with OpenSSH. */
  async stock(protocol: 'ssh' | 'ssh-ng', options: readonly string[] = []): Promise<number> {
    const builders = `${protocol}://${USER}@${this.#hosts.builder.name} ${SYSTEM} - ${JOBS}`;
    return this.run(['--max-jobs', '0', '--builders', builders, ...options], DAEMON);
  }

  /** How long the builder itself takes for as many. */
  async builderItself(): Promise<number> {
    const { drvPath } = await this.#there.derivations(COUNT);
    const start = performance.now();
    await this.#hosts.builder.output(['nix', 'build', '--no-link', `${drvPath}^out`], {
      user: USER,
    });
    return seconds(start);
  }

  /** How many round trips a small build takes. */
  async roundTrips(options: readonly string[], env: Variables): Promise<number> {
    const { total } = await roundTripsOfOurs(this.#hosts, async () => {
      const taken = await this.run(options, env, FEW);
      return { total: taken, connected: taken };
    });
    return total;
  }
}
