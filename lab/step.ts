import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import type { NixHost } from './nix-host.ts';
import type { HostProcess } from './process.ts';
import { USERS, type UserName } from './users.ts';

const CHECKOUT = path.dirname(import.meta.dirname);

/** Files that GitHub's runner gives a step to write to, by the variable that names them. */
const FILES = [
  'GITHUB_OUTPUT',
  'GITHUB_STATE',
  'GITHUB_ENV',
  'GITHUB_PATH',
  'GITHUB_STEP_SUMMARY',
] as const;

type FileVariable = (typeof FILES)[number];

export interface StepOptions {
  /** Inputs that are given; the others have the defaults of action.yml, as on GitHub. */
  readonly inputs: Readonly<Record<string, string>>;
  /** The user the step runs as; default `ci`. */
  readonly user?: UserName;
  /** Further variables; `undefined` takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** `GITHUB_WORKSPACE`; default: the user's home. */
  readonly workspace?: string;
  /** Milliseconds for main; default two minutes. */
  readonly timeoutMs?: number;
}

/** What a step printed and left. */
export interface StepResult {
  readonly code: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  /** Standard output, then standard error. */
  readonly log: string;
  readonly outputs: ReadonlyMap<string, string>;
  /** What later steps get as environment. */
  readonly environment: ReadonlyMap<string, string>;
  /** Folders that later steps get in front of PATH, the first first. */
  readonly path: readonly string[];
  readonly summary: string;
}

/**
 * The committed bundle as GitHub's runner runs it: main, then post, as processes on a host with `INPUT_*` and the `GITHUB_*` files.
 */
export class Step {
  readonly #host: NixHost;
  readonly #options: StepOptions;
  readonly #folder: string;
  readonly #user: UserName;

  private constructor(host: NixHost, options: StepOptions, folder: string) {
    this.#host = host;
    this.#options = options;
    this.#folder = folder;
    this.#user = options.user ?? 'ci';
  }

  static async prepare(host: NixHost, options: StepOptions): Promise<Step> {
    const user = options.user ?? 'ci';
    const folder = await host.output(['mktemp', '-d', '/tmp/step-XXXXXX'], { user });
    await host.write(folder, Object.fromEntries(FILES.map((name) => [name, ''])), user);
    await host.output(['mkdir', `${folder}/temp`], { user });
    return new Step(host, options, folder);
  }

  /** Main and then post, to their ends. */
  static async run(host: NixHost, options: StepOptions): Promise<StepResult> {
    const step = await Step.prepare(host, options);
    const main = await step.collect(await step.main());
    await step.collect(await step.post());
    return main;
  }

  /** `RUNNER_TEMP`. */
  get temp(): string {
    return `${this.#folder}/temp`;
  }

  /** @param under words of a program that starts the rest of its arguments, as GitHub's runner starts a step */
  async main(under: readonly string[] = []): Promise<HostProcess> {
    return this.#start('main', await inputVariables(this.#options.inputs), under);
  }

  async post(): Promise<HostProcess> {
    const state = parseFileCommands(await this.#read('GITHUB_STATE'));
    const variables = [...state].map(([name, value]) => [`STATE_${name}`, value] as const);
    return this.#start('post', Object.fromEntries(variables));
  }

  async collect(process: HostProcess): Promise<StepResult> {
    const timer = setTimeout(
      () => void process.signal('SIGKILL'),
      this.#options.timeoutMs ?? 120_000,
    );
    const { code, signal, stdout, stderr } = await process.collect();
    clearTimeout(timer);
    return {
      code,
      signal,
      log: stdout + stderr,
      outputs: parseFileCommands(await this.#read('GITHUB_OUTPUT')),
      environment: parseFileCommands(await this.#read('GITHUB_ENV')),
      path: (await this.#read('GITHUB_PATH')).split('\n').filter(Boolean).reverse(),
      summary: await this.#read('GITHUB_STEP_SUMMARY'),
    };
  }

  #start(
    entry: 'main' | 'post',
    variables: Readonly<Record<string, string>>,
    under: readonly string[] = [],
  ): HostProcess {
    const workspace = this.#options.workspace ?? USERS[this.#user].home;
    return this.#host.spawn([...under, 'node', `/checkout/dist/${entry}/index.js`], {
      user: this.#user,
      cwd: workspace,
      env: {
        ...Object.fromEntries(FILES.map((name) => [name, `${this.#folder}/${name}`])),
        GITHUB_ACTIONS: 'true',
        GITHUB_WORKSPACE: workspace,
        RUNNER_TEMP: this.temp,
        ...variables,
        ...this.#options.env,
      },
    });
  }

  async #read(name: FileVariable): Promise<string> {
    return await this.#host.read(`${this.#folder}/${name}`);
  }
}

/** `INPUT_*` as the runner sets them: every declared input, its default where none is given. */
async function inputVariables(
  given: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  const action = parse(await readFile(path.join(CHECKOUT, 'action.yml'), 'utf8')) as {
    readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  };
  const defaults = Object.entries(action.inputs).map(
    ([name, input]) => [name, input.default ?? ''] as const,
  );
  const inputs = new Map([...defaults, ...Object.entries(given)]);
  return Object.fromEntries(
    [...inputs].map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]),
  );
}

/** What the toolkit wrote to one of the files: `name=value`, or `name<<DELIMITER`, lines, `DELIMITER`. */
export function parseFileCommands(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  const lines = text.split('\n');
  for (let index = 0; index < lines.length; index += 1) {
    const [, name, delimiter] = /^([^=]+?)<<(.+)$/.exec(lines[index] ?? '') ?? [];
    if (name === undefined || delimiter === undefined) continue;
    const end = lines.indexOf(delimiter, index + 1);
    values.set(name, lines.slice(index + 1, end).join('\n'));
    index = end;
  }
  return values;
}
