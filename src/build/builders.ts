import { ActionError, type ErrorCode } from '../domain/errors.ts';
import type { Machine } from '../domain/machine.ts';
import { printMachines, type NixRelease } from '../domain/machines-print.ts';
import type { NixVersion } from '../nix/version.ts';
import { makeTunnelFolder, removeTunnelFolder } from '../tunnel/folder.ts';
import { tunnelNames } from '../tunnel/names.ts';
import { Builder } from './builder.ts';
import type { Observe } from './events.ts';
import type { MachineLoss } from './machine-failures.ts';
import { needsTrust, refusalRemedy } from './machine-trust.ts';
import type { Offer } from '../plan/route.ts';
import type { BuildPlace } from './place.ts';
import { ABSENT } from './present-places.ts';
import type { StepContext } from './step-request.ts';

/** A machine that is there, and on which Nix cannot build. */
const UNFIT: ReadonlySet<ErrorCode> = new Set([
  'channel-refused',
  'nix-missing',
  'protocol-mismatch',
  'protocol-too-old',
  'protocol-violation',
  'daemon-error',
  'daemon-untrusted',
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
        const hasOthers = machines.length > 1;
        const builder = await Builder.open({ ...context, ...own, hasOthers, onNotice });
        opened.defer(() => builder.close());
        return builder;
      }),
    );
    return new Builders(all, observe);
  }

  /**
   * Waits for all connections; a machine that cannot be reached, or on which this Nix cannot build, is left out.
   * @throws ActionError of ssh/ where a host key or our credentials are not accepted, and where no machine is left
   */
  async connect(local: NixVersion): Promise<void> {
    const failures = await Promise.all(this.#all.map((builder) => builder.obstacle(local)));
    for (const [index, error] of failures.entries()) {
      const remote = this.#all[index]?.label ?? '';
      const isConnected = error !== undefined && UNFIT.has(error.code);
      if (error) this.#observe({ kind: 'remote-failed', remote, isConnected, error });
    }
    const serious = failures.find(
      (failure) => failure && !ABSENT.has(failure.code) && !UNFIT.has(failure.code),
    );
    if (serious) throw serious;
    this.#present = this.#all.filter((_, index) => failures[index] === undefined);
    if (this.#present.length === 0) throw noneLeft(this.#all, failures);
    for (const [index, builder] of this.#all.entries()) {
      const failure = failures[index];
      if (failure) this.#observe({ kind: 'warning', text: leftOut(builder, failure) });
      else this.#tellConnected(builder);
    }
  }

  #tellConnected(builder: Builder): void {
    const { label, trust } = builder;
    this.#observe({
      ...{ kind: 'connected', remote: label },
      detail: detailOf(builder),
      answers: { trust },
    });
  }

  /** Whether there may be a machine that {@link connect} leaves out, and on which Nix would then fail a build. */
  mayBeUnfit(local: NixVersion): boolean {
    return this.#all.some(({ machine }) => needsTrust(machine, local));
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

  /** Those that are there. */
  get present(): readonly Builder[] {
    return this.#present;
  }

  get machines(): readonly Machine[] {
    return this.#present.map(({ machine }) => machine);
  }

  get label(): string {
    return this.#present.map(({ label }) => label).join(', ');
  }

  /** How many they are, and what a person may have to know of them. */
  get detail(): string {
    const [only, ...others] = this.#present;
    if (only && others.length === 0) return detailOf(only);
    const count = `${this.#present.length} builders`;
    const wary = this.#present.filter(({ trust }) => trust === 'untrusted');
    return [count, ...wary.map((each) => `${each.label} is ${detailOf(each)}`)].join('; ');
  }

  /** Nothing goes anywhere: derivations and their inputs are in the local store. */
  readonly inputs = {
    remoteUser: '',
    remoteSettings: () => Promise.resolve(undefined),
  };

  /** Its own machine is one of them; which features it has, Nix knows. */
  readonly offer = (): Promise<Offer> => {
    const machines = this.machines.map(({ systems, supportedFeatures, mandatoryFeatures }) => ({
      systems: new Set<string>(systems),
      features: new Set([...supportedFeatures, ...mandatoryFeatures]),
    }));
    const capacity = this.machines.reduce((sum, each) => sum + each.maxJobs * each.speedFactor, 0);
    return Promise.resolve({ machines, others: 'possible', capacity: Math.max(capacity, 1) });
  };

  /** Nix goes on with the machines that are left. */
  readonly lost = new Promise<Error>(() => undefined);

  readonly builderOf = (machine: string | undefined): string | undefined => {
    if (machine === undefined) return undefined;
    return machine === '' ? 'this machine' : this.rename(machine);
  };

  readonly trustRemedy = (machine: string): string | undefined => {
    const builder = this.#all.find(({ tunnel }) => tunnel.storeUri === machine);
    return builder && refusalRemedy(builder.machine, builder.user);
  };

  readonly lossOf = (machine: string): MachineLoss | undefined => {
    const label = this.builderOf(machine);
    const loss = this.#all.find((builder) => builder.label === label)?.loss;
    return label !== undefined && loss ? { label, ...loss } : undefined;
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

function leftOut({ label }: Builder, { message, hint, code }: ActionError): string {
  const remedy = UNFIT.has(code) && hint !== undefined ? `. ${hint}` : '';
  return `${label} is left out: ${withoutName(message, label)}${remedy}`;
}

/** For the log: what a person may have to know when it refuses something. */
function detailOf({ trust, user }: Builder): string {
  return trust === 'untrusted'
    ? `a builder; its daemon does not trust user '${user}', and takes inputs that it can substitute or whose signature it trusts`
    : 'a builder';
}

/** Errors of a session begin with whose it is. */
function withoutName(message: string, label: string): string {
  return message.startsWith(`${label}: `) ? message.slice(label.length + 2) : message;
}

/** With every machine's own reason and remedy; the code is that of one that is there, if any is. */
function noneLeft(
  all: readonly Builder[],
  failures: readonly (ActionError | undefined)[],
): ActionError {
  // What passes by itself may be a reason to build elsewhere; what does not is for a person to see.
  const first = failures.find((each) => each && !ABSENT.has(each.code)) ?? failures[0];
  const { code = 'internal', hint } = first ?? {};
  const verb = failures.every((each) => each && ABSENT.has(each.code)) ? 'reached' : 'used';
  if (all.length === 1) {
    const message = `the only builder cannot be ${verb}: ${first?.message}`;
    return new ActionError(code, message, { hint });
  }
  const reasons = all.map(({ label }, index) => {
    const { message = '', hint: remedy } = failures[index] ?? {};
    return `${label}: ${withoutName(message, label)}${remedy === undefined ? '' : ` (${remedy})`}`;
  });
  const message = `none of ${all.length} builders can be ${verb}: ${reasons.join('; ')}`;
  return new ActionError(code, message);
}
