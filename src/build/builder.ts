import type { Trust } from '../domain/daemon.ts';
import { asActionError, type ActionError } from '../domain/errors.ts';
import { machineName, type Machine } from '../domain/machine.ts';
import type { NixVersion } from '../nix/version.ts';
import { openWorkerChannel } from '../ssh/worker-channel.ts';
import type { PipeProgram } from '../tunnel/launcher.ts';
import type { TunnelService } from '../tunnel/service.ts';
import { Tunnel } from '../tunnel/tunnel.ts';
import type { Access } from './access.ts';
import { MachineConnection } from './machine-connection.ts';
import { askTrust, trustMissing, type MachineTrust } from './machine-trust.ts';
import { RemoteLink, type Loss, type Patience } from './remote-link.ts';

export interface BuilderOptions {
  readonly machine: Machine;
  /** Among all machines, from 0. */
  readonly index: number;
  /** Of `tunnelNames`, for all machines. */
  readonly name: string;
  /** Of `makeTunnelFolder`. */
  readonly folder: string;
  readonly pipe: PipeProgram;
  readonly access: Access;
  readonly signal: AbortSignal;
  readonly onNotice: (text: string) => void;
  /** Whether others can build in its place. */
  readonly hasOthers: boolean;
}

const UNKNOWN: MachineTrust = { trust: 'unknown', isTold: false };

/**
 * While Nix connects to one machine it gives work to no other (build-remote.cc), and it forgets with every build that starts which machine
 * did not answer.
 */
const BESIDE_OTHERS: Patience = { firstMs: 250, longestMs: 2000, totalMs: 10_000, restMs: 60_000 };

/** One machine, and the tunnel by which Nix reaches it. */
export class Builder {
  readonly machine: Machine;
  readonly label: string;
  readonly tunnel: Tunnel;
  readonly #signal: AbortSignal;
  readonly #link: Promise<RemoteLink<MachineConnection>>;
  /** Beside the link's, where the machine's sshd allows few channels on one. */
  readonly #further: readonly MachineConnection[];
  #open: RemoteLink<MachineConnection> | undefined;
  #trust: MachineTrust = UNKNOWN;

  private constructor(
    { machine, signal }: BuilderOptions,
    tunnel: Tunnel,
    link: Promise<RemoteLink<MachineConnection>>,
    further: readonly MachineConnection[],
  ) {
    this.machine = machine;
    this.label = machineName(machine);
    this.#signal = signal;
    this.tunnel = tunnel;
    this.#link = link;
    this.#further = further;
    link.then(
      (open) => (this.#open = open),
      () => undefined,
    );
  }

  /** Opens the tunnel at once; who comes through it waits for the connection. */
  static async open(options: BuilderOptions): Promise<Builder> {
    const { machine, index, name, folder, pipe } = options;
    const onNotice = unlessRepeated(options.onNotice);
    const link = linkTo({ ...options, onNotice });
    const further: MachineConnection[] = [];
    link.catch(() => undefined); // told by connect()
    const tunnel = await Tunnel.open({
      ...{ folder, name, index },
      label: machineName(machine),
      service: serviceOf(machine),
      pipe,
      connection: async (signal) => (await (await link).get(signal)).connection,
      further: async (signal) => {
        const added = await connectTo(options, signal);
        further.push(added);
        return added.connection;
      },
      onNotice,
    });
    return new Builder(options, tunnel, link, further);
  }

  /**
   * Waits for the connection, and for what the daemon there thinks of its user.
   * @param local the Nix that is to build on it
   * @returns why it cannot
   */
  async obstacle(local: NixVersion): Promise<ActionError | undefined> {
    try {
      await this.#link;
      this.#trust = await this.#askTrust();
      return trustMissing(this.machine, this.user, this.#trust, local);
    } catch (error) {
      return asActionError(error);
    }
  }

  /** What its daemon thinks of its user, as far as that is known. */
  get trust(): Trust {
    return this.#trust.trust;
  }

  /** Whom it is logged in as, once it is. */
  get user(): string {
    return this.#open?.last.connection.user ?? '';
  }

  /** Milliseconds; undefined until there is a connection. */
  get roundTripMs(): number | undefined {
    return this.#open?.last.connection.roundTripMs;
  }

  get bytesSent(): number {
    return this.#further.reduce((sum, each) => sum + each.bytesSent, this.#open?.bytesSent ?? 0);
  }

  get bytesReceived(): number {
    return this.#further.reduce(
      (sum, each) => sum + each.bytesReceived,
      this.#open?.bytesReceived ?? 0,
    );
  }

  get reconnects(): number {
    return this.#open?.reconnects ?? 0;
  }

  /** When and why its connection was last lost. */
  get loss(): Loss | undefined {
    return this.#open?.loss;
  }

  /** On a channel such as Nix's own will be; who may only serve the legacy protocol need not have one for this. */
  async #askTrust(): Promise<MachineTrust> {
    const { protocol, remoteProgram, remoteStore } = this.machine;
    if (protocol === 'ssh-ng') {
      return askTrust(await this.tunnel.openChannel(this.#signal), this.label, this.#signal);
    }
    if (remoteProgram.length > 0) return UNKNOWN;
    const { connection } = await (await this.#link).get(this.#signal);
    return openWorkerChannel(connection, { remoteProgram, remoteStore })
      .then((channel) => askTrust(channel, this.label, this.#signal))
      .catch(() => UNKNOWN);
  }

  /** Ends it, whatever still builds there included. */
  async close(): Promise<void> {
    await this.tunnel.close();
    this.#link.then(
      (link) => link.close(),
      () => undefined,
    );
  }
}

async function linkTo(options: BuilderOptions): Promise<RemoteLink<MachineConnection>> {
  const connect = (signal: AbortSignal): Promise<MachineConnection> => connectTo(options, signal);
  const { signal, onNotice, hasOthers } = options;
  const patience = hasOthers ? { patience: BESIDE_OTHERS } : {};
  return new RemoteLink({ first: await connect(signal), connect, onNotice, ...patience });
}

/** A machine that is gone turns one client after the other away, with the same words. */
function unlessRepeated(tell: (text: string) => void): (text: string) => void {
  let last = '';
  return (text) => {
    if (text !== last) tell(text);
    last = text;
  };
}

function connectTo(
  { machine, access }: BuilderOptions,
  signal: AbortSignal,
): Promise<MachineConnection> {
  return MachineConnection.open(machine, access, signal);
}

function serviceOf({ protocol, remoteProgram, remoteStore }: Machine): TunnelService {
  const kind = protocol === 'ssh' ? 'serve' : 'worker';
  return { kind, remoteProgram, remoteStore };
}
