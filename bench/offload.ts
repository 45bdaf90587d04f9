import { LabError, type Lab, type UserName } from '../lab/index.ts';
import { Step, type StepResult } from '../lab/step.ts';
import { seconds } from './hosts.ts';

const KIBIBYTE = 1024;

export interface OffloadPlace extends Pick<Lab, 'builder' | 'runner'> {
  /** Who runs the step, and what comes after it. */
  readonly user: UserName;
  /** Where the builder is reached. */
  readonly port: number;
}

/** The inputs that say where later steps build. */
export type Destination = { readonly store: string } | { readonly builders: string };

/** The committed bundle, set up as a step of its own, as GitHub's runner runs it: later steps' Nix builds through it until post. */
export class Offload implements AsyncDisposable {
  /** What later steps get. */
  readonly env: Readonly<Record<string, string>>;
  /** Of the offload socket; empty where there is none. */
  readonly socketPath: string;
  /** How long the step took. */
  readonly setUpSeconds: number;
  readonly #place: OffloadPlace;
  readonly #step: Step;

  private constructor(place: OffloadPlace, step: Step, main: StepResult, setUpSeconds: number) {
    this.#place = place;
    this.#step = step;
    this.env = Object.fromEntries(main.environment);
    this.socketPath = this.env['NIX_DAEMON_SOCKET_PATH'] ?? '';
    this.setUpSeconds = setUpSeconds;
  }

  /** @throws LabError with its log when the step fails */
  static async setUp(place: OffloadPlace, destination: Destination): Promise<Offload> {
    const { builder, runner, user, port } = place;
    const step = await Step.prepare(runner, {
      user,
      inputs: {
        ...destination,
        'ssh-key': builder.key.privateKey,
        'known-hosts': builder.knownHosts(port),
        installables: '',
      },
    });
    const start = performance.now();
    const main = await step.collect(await step.main());
    const taken = seconds(start);
    if (main.code === 0) return new Offload(place, step, main, taken);
    await step.collect(await step.post());
    throw new LabError('setting up failed', main.log);
  }

  /** Highest resident set of the process that serves, in bytes. */
  async peakMemory(): Promise<number> {
    const { runner } = this.#place;
    const all = await runner.processes();
    const server = all.find(({ argv }) => argv.some((each) => each.endsWith('/offload/index.js')));
    if (!server) throw new LabError('no process serves later steps');
    const status = await runner.output(['cat', `/proc/${server.pid}/status`]);
    return Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1]) * KIBIBYTE;
  }

  /** Runs post. @throws LabError with its log when it fails */
  async [Symbol.asyncDispose](): Promise<void> {
    const { code, log } = await this.#step.collect(await this.#step.post());
    if (code !== 0) throw new LabError('post failed', log);
  }
}
