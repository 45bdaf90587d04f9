import { copyFile } from 'node:fs/promises';
import {
  LabError,
  setUpOpenssh,
  startLab,
  writeFlake,
  type Attributes,
  type Builder,
  type Lab,
  type Link,
  type NixHost,
  type UserName,
} from '../lab/index.ts';
import type { Derivation, OursReport, OursRequest } from './ours/request.ts';

/** Whoever runs both sides on the runner: its daemon trusts him, so that unsigned paths may be copied. */
const USER = 'trusted';
const FLAKE = '/home/trusted/flake';
const EXPORT_FILE = '/var/tmp/bench-export';
/** What stock takes for a wide closure, several times over. */
const LIMIT_MS = 300_000;

/** How long one run took, in seconds. */
export interface Lap {
  /** From the start of the process to its end. */
  readonly total: number;
  /** Without connecting. */
  readonly connected: number;
}

export type OursLap = Lap & OursReport;

/** Where the runner finds the builder: at the other end of the link, or right there. */
export type Way = 'link' | 'direct';

/** Builder and runner, and both ways to work with them: our program, and stock `nix`. */
export class Hosts implements AsyncDisposable {
  readonly builder: Builder;
  readonly runner: NixHost;
  readonly link: Link;
  readonly #lab: Lab;
  readonly #derivations: ReadonlyMap<string, Derivation>;

  private constructor(lab: Lab, derivations: ReadonlyMap<string, Derivation>) {
    this.#lab = lab;
    this.builder = lab.builder;
    this.runner = lab.runner;
    this.link = lab.link;
    this.#derivations = derivations;
  }

  /** Starts both with Debian's newest Nix and a daemon, and evaluates the same flake on both; nothing is built yet. */
  static async start(attributes: Attributes): Promise<Hosts> {
    await using opened = new AsyncDisposableStack();
    const lab = opened.use(
      await startLab({ builder: { suite: 'sid' }, runner: { suite: 'sid', nix: 'daemon' } }),
    );
    await writeFlake(lab.runner, FLAKE, attributes, USER);
    await writeFlake(lab.builder, FLAKE, attributes);
    const derivations = await evaluate(lab.runner);
    opened.move();
    return new Hosts(lab, derivations);
  }

  /** Has the builder build attributes of the flake. */
  async build(names: readonly string[]): Promise<readonly Derivation[]> {
    const argv = ['nix', 'build', '--no-link', ...names.map((name) => `path:${FLAKE}#${name}`)];
    await this.builder.output(argv, { timeoutMs: LIMIT_MS });
    return names.map((name) => {
      const derivation = this.#derivations.get(name);
      if (!derivation) throw new LabError(`the flake has no attribute ${name}`);
      return derivation;
    });
  }

  /** The closure of outputs, on the builder. */
  async closure(outputs: readonly string[]): Promise<readonly string[]> {
    return lines(await this.builder.output(['nix-store', '--query', '--requisites', ...outputs]));
  }

  /** Runs one of our programs (`copy`, `build`) on the runner. */
  async ours(
    program: string,
    way: Way,
    login: UserName,
    derivations: readonly Derivation[],
  ): Promise<OursLap> {
    const port = this.#port(way);
    const request: OursRequest = {
      store: `ssh-ng://${login}@127.0.0.1:${port}`,
      knownHosts: this.builder.knownHosts(port),
      privateKey: this.builder.key.privateKey,
      derivations,
    };
    const start = performance.now();
    const stdout = await this.runner.output(['node', `/checkout/bench/ours/${program}.ts`], {
      user: USER,
      // Stripping types is no part of the product: what is cached is loaded as plain scripts.
      env: { NODE_COMPILE_CACHE: '/var/tmp/bench-compile-cache' },
      stdin: JSON.stringify(request),
      timeoutMs: LIMIT_MS,
    });
    const total = seconds(start);
    return { ...(JSON.parse(stdout) as OursReport), total };
  }

  /** Runs stock `nix` on the runner; `ssh-ng://<user>@builder` is the way to the builder. */
  async stock(way: Way, argv: readonly string[]): Promise<number> {
    await setUpOpenssh(this.runner, USER, this.builder, this.#port(way));
    const start = performance.now();
    await this.runner.output(argv, { user: USER, timeoutMs: LIMIT_MS });
    return seconds(start);
  }

  /** Makes paths unknown to the runner again. */
  async forget(paths: readonly string[]): Promise<void> {
    const present = [...(await this.runner.validPaths(paths))];
    if (present.length === 0) return;
    await this.runner.output(['nix', 'store', 'delete', ...present]);
  }

  /** @throws LabError unless all these paths are valid on the runner and hash to what the store says of them */
  async verify(paths: readonly string[]): Promise<void> {
    const valid = await this.runner.validPaths(paths);
    if (valid.size !== paths.length) {
      throw new LabError(`${paths.length - valid.size} of ${paths.length} paths did not arrive`);
    }
    await this.runner.output(['nix', 'store', 'verify', '--no-trust', ...paths]);
  }

  /** How long the runner's own Nix takes to import these paths from a local file; as root, so that no daemon is between. */
  async importSeconds(paths: readonly string[]): Promise<number> {
    const script = (text: string) => ['sh', '-c', text, 'sh', ...paths];
    await this.builder.output(script(`nix-store --export "$@" > ${EXPORT_FILE}`));
    await copyFile(this.builder.path(EXPORT_FILE), this.runner.path(EXPORT_FILE));
    await this.forget(paths);
    const start = performance.now();
    await this.runner.output(script(`nix-store --import < ${EXPORT_FILE} > /dev/null`));
    const taken = seconds(start);
    await this.verify(paths);
    await this.builder.output(['rm', EXPORT_FILE]);
    await this.runner.output(['rm', EXPORT_FILE]);
    return taken;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#lab.stop();
  }

  #port(way: Way): number {
    return way === 'link' ? this.link.port : this.builder.port;
  }
}

export function seconds(start: number): number {
  return (performance.now() - start) / 1000;
}

async function evaluate(runner: NixHost): Promise<ReadonlyMap<string, Derivation>> {
  const apply =
    'sets: builtins.mapAttrs (_: each: { inherit (each) drvPath; output = each.outPath; }) (builtins.head (builtins.attrValues sets))';
  const argv = ['nix', 'eval', '--json', `path:${FLAKE}#packages`, '--apply', apply];
  const json = await runner.output(argv, { user: USER });
  return new Map(Object.entries(JSON.parse(json) as Record<string, Derivation>));
}

function lines(text: string): readonly string[] {
  return text.split('\n').filter(Boolean);
}
