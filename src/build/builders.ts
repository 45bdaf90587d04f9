import { ActionError, type ErrorCode } from '../domain/errors.ts';
import type { Machine } from '../domain/machine.ts';
import { printMachines, type NixRelease } from '../domain/machines-print.ts';
import { makeTunnelFolder, removeTunnelFolder } from '../tunnel/folder.ts';
import { tunnelNames } from '../tunnel/names.ts';
import { Builder } from './builder.ts';
import type { Observe } from './events.ts';
import type { BuildPlace } from './place.ts';
import type { StepContext } from './step-request.ts';

/** What passes: a machine that cannot be had now is left out. Whatever else is wrong is for a person to see to. */
const ABSENT: ReadonlySet<ErrorCode> = new Set([
  'host-unresolvable',
  'host-unreachable',
  'connect-timeout',
  'connection-lost',
]);

/** The URI of every tunnel, without its parameters. */
const BARE_URI = /\bssh(?:-ng)?:\/\/localhost(?![\w.:?-])/g;

/** What opening builders takes. */
export type BuildersContext = Pick<
  StepContext,
  'access' | 'user' | 'pipe' | 'socketDirectory' | 'observe' | 'signal'
>;

/** Machines that the local store builds on. */
export class Builders implements BuildPlace {
  readonly #all: readonly Builder[];
  /** The URI of one may begin like another's whole. */
  readonly #longestFirst: readonly Builder[];
  readonly #observe: Observe;
  #present: readonly Builder[];

  private constructor(all: readonly Builder[], observe: Observe) {
    this.#all = all;
    this.#longestFirst = all.toSorted(
      (a, b) => b.tunnel.storeUri.length - a.tunnel.storeUri.length,
    );
    this.#present = all;
    this.#observe = observe;
  }

  /**
   * Opens a tunnel to each, and begins to connect.
   * @param opened takes what has to be closed
   */
  static async open(
    machines: readonly Machine[],
    context: BuildersContext,
    opened: AsyncDisposableStack,
  ): Promise<Builders> {
    const { observe, socketDirectory } = context;
    const folder = await makeTunnelFolder(socketDirectory);
    opened.defer(() => removeTunnelFolder(folder));
    const onNotice = (text: string): void => observe({ kind: 'notice', text });
    const names = tunnelNames(machines);
    const all = await Promise.all(
      machines.map(async (machine, index) => {
        const own = { machine, index, name: names[index] ?? '', folder };
        const builder = await Builder.open({ ...context, ...own, onNotice });
        opened.defer(() => builder.close());
        return builder;
      }),
    );
    return new Builders(all, observe);
  }

  /**
   * Waits for all connections; a machine that cannot be reached is left out.
   * @throws ActionError of ssh/ for what does not pass by itself, and where no machine is left
   */
  async connect(): Promise<void> {
    const failures = await Promise.all(this.#all.map((builder) => builder.connect()));
    const serious = failures.find((failure) => failure && !ABSENT.has(failure.code));
    if (serious) throw serious;
    this.#present = this.#all.filter((_, index) => failures[index] === undefined);
    for (const [index, { label }] of this.#all.entries()) {
      const failure = failures[index];
      if (failure)
        this.#observe({ kind: 'warning', text: `${label} is left out: ${failure.message}` });
      else this.#observe({ kind: 'connected', remote: label, detail: 'a builder' });
    }
    if (this.#present.length === 0) throw noneLeft(this.#all, failures);
  }

  /** The machines that are there, in Nix's machines format. */
  lines(release: NixRelease): string {
    const lines = this.#present.map(({ machine, tunnel }) => ({
      // Who they are, and who we are, is between us and them.
      machine: { ...machine, sshKey: undefined, publicHostKey: undefined },
      uri: tunnel.storeUri,
    }));
    return printMachines(lines, release);
  }

  get machines(): readonly Machine[] {
    return this.#present.map(({ machine }) => machine);
  }

  get label(): string {
    return this.#present.map(({ label }) => label).join(', ');
  }

  /** Nothing goes anywhere: derivations and their inputs are in the local store. */
  readonly inputs = {
    remoteUser: '',
    remoteSettings: () => Promise.resolve(undefined),
  };

  readonly openSession = undefined;

  /** Nix goes on with the machines that are left. */
  readonly lost = new Promise<Error>(() => undefined);

  readonly builderOf = (machine: string | undefined): string | undefined => {
    if (machine === undefined) return undefined;
    return machine === '' ? 'this machine' : this.rename(machine);
  };

  /** Nix knows a machine by the way to its tunnel. When it copies paths, it leaves out which way. */
  readonly rename = (text: string): string => {
    const [only, ...others] = this.#all;
    const any = only && others.length === 0 ? only.label : 'a builder';
    return this.#longestFirst.reduce(
      (renamed, { tunnel, label }) => renamed.replaceAll(tunnel.storeUri, label),
      text.replace(BARE_URI, any),
    );
  };

  get bytesSent(): number {
    return this.#all.reduce((sum, { bytesSent }) => sum + bytesSent, 0);
  }

  get bytesReceived(): number {
    return this.#all.reduce((sum, { bytesReceived }) => sum + bytesReceived, 0);
  }

  /** How often there was a new connection after a lost one. */
  get reconnects(): number {
    return this.#all.reduce((sum, { reconnects }) => sum + reconnects, 0);
  }

  close(): void {
    for (const builder of this.#all) void builder.close();
  }
}

/** With every machine's own reason; the code and what to do are the first one's. */
function noneLeft(
  all: readonly Builder[],
  failures: readonly (ActionError | undefined)[],
): ActionError {
  const [first] = failures;
  const { code = 'internal', hint } = first ?? {};
  if (all.length === 1) {
    return new ActionError(code, `the only builder cannot be reached: ${first?.message}`, { hint });
  }
  const reasons = all.map(({ label }, index) => `${label}: ${failures[index]?.message}`);
  const message = `none of ${all.length} builders can be reached: ${reasons.join('; ')}`;
  return new ActionError(code, message, { hint });
}
