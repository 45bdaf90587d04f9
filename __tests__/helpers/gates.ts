import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { recipes, until, type NixHost } from '../../lab/index.ts';

const FOLDER = '/gates';

/** For the builder's nix.conf: builds see the gates. */
export const SHOW_GATES = `extra-sandbox-paths = ${FOLDER}`;

/** How long a build may take to start or to end, in milliseconds. */
const LIMIT_MS = 20_000;

/**
 * Builds that wait until a test lets them go on, and of which is known that they run and how often they were started: so that a test
 * waits for what it wants to happen and for nothing else.
 */
export class Gates {
  readonly #host: NixHost;

  private constructor(host: NixHost) {
    this.#host = host;
  }

  /** On a host that was started with {@link SHOW_GATES}. */
  static async make(host: NixHost): Promise<Gates> {
    await host.output(['install', '-d', '-m', '1777', FOLDER]);
    return new Gates(host);
  }

  /** Opens one for good. */
  async open(gate: string): Promise<void> {
    await writeFile(this.#path(`${gate}.open`), '');
  }

  /** How often a gated build was started. */
  async starts(name: string): Promise<number> {
    const files = await readdir(this.#path(''));
    return files.filter((file) => file.startsWith(`${name}.started.`)).length;
  }

  /**
   * Waits until as many of these builds run; default: all of them.
   * @param log called for the error's text
   */
  async running(
    names: readonly string[],
    { atLeast = new Set(names).size, log }: { atLeast?: number; log?: () => string } = {},
  ): Promise<void> {
    const enough = async () => (await this.#runningOf(names)).length >= atLeast;
    await until(LIMIT_MS, `start of ${atLeast} of ${names.join(', ')}`, enough, log);
  }

  /** Waits until none of these builds runs. */
  async ended(names: readonly string[], limitMs = LIMIT_MS): Promise<void> {
    const none = async () => (await this.#runningOf(names)).length === 0;
    await until(limitMs, `end of ${names.join(', ')}`, none);
  }

  /** Those whose shell is there and has reached the gate. */
  async #runningOf(names: readonly string[]): Promise<readonly string[]> {
    const words = (await this.#host.builds()).flatMap(({ argv }) => argv);
    const files = await readdir(this.#path(''));
    return [...new Set(names)].filter((name) => {
      const mark = `${name}.started.`;
      return (
        words.some((word) => word.includes(`${FOLDER}/${mark}`)) &&
        files.some((file) => file.startsWith(mark))
      );
    });
  }

  #path(name: string): string {
    return path.join(this.#host.path(FOLDER), name);
  }
}

/**
 * A derivation that waits for a gate.
 * @param name also how {@link Gates} knows it
 * @param gate default: one of its own, with its name
 * @param attributes as for {@link recipes.script}
 */
export function gated(
  name: string,
  options: { gate?: string; text?: string; attributes?: string } = {},
): string {
  const { gate = name, text = `echo ${name} > $out`, attributes = '' } = options;
  const wait = `until [ -e ${FOLDER}/${gate}.open ]; do sleep 0.05; done`;
  return recipes.script(
    name,
    `mktemp ${FOLDER}/${name}.started.XXXXXX; ${wait}; ${text}`,
    attributes,
  );
}
