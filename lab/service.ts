import { LabError } from './errors.ts';
import type { Host } from './host.ts';
import { childrenOf, type HostProcess } from './process.ts';
import { until } from './wait.ts';

/** A fraction of a second, on a machine that has time. */
const START_LIMIT_MS = 30_000;

/** A server inside a host. */
export interface ServiceOptions {
  readonly argv: readonly string[];
  /** Whether it answers; asked until it says so. Gets what it printed since this start. */
  readonly ready: (log: string) => boolean | Promise<boolean>;
}

/** A server inside a host that can be stopped, started again, and frozen. */
export class Service {
  readonly name: string;
  readonly #host: Host;
  readonly #options: ServiceOptions;
  #process: HostProcess | undefined;
  #log = '';

  constructor(name: string, host: Host, options: ServiceOptions) {
    this.name = name;
    this.#host = host;
    this.#options = options;
  }

  /** What it printed since its last start. */
  get log(): string {
    return this.#log;
  }

  /** @throws LabError with its log when it ends or does not answer within 30 s */
  async start(): Promise<void> {
    const running = this.#host.spawn(this.#options.argv);
    this.#process = running;
    this.#log = '';
    const hear = (chunk: Buffer) => (this.#log = (this.#log + chunk.toString()).slice(-1 << 20));
    running.stdout.on('data', hear);
    running.stderr.on('data', hear);
    const ready = async () => {
      if (!running.running) {
        throw new LabError(`${this.name} on ${this.#host.name} ended while it started`, this.#log);
      }
      return await this.#options.ready(this.#log);
    };
    await until(
      START_LIMIT_MS,
      `start of ${this.name} on ${this.#host.name}`,
      ready,
      () => this.#log,
    );
  }

  /** Ends the server itself; what it forked for open connections lives on. */
  async stop(): Promise<void> {
    await this.#process?.stop();
    this.#process = undefined;
  }

  /** Freezes the server and all its descendants: connections are accepted by the kernel, but nobody answers. */
  async pause(): Promise<void> {
    await this.signalAll('SIGSTOP');
  }

  async resume(): Promise<void> {
    await this.signalAll('SIGCONT');
    await this.#process?.signal('SIGCONT');
  }

  /** A signal to the server and all its descendants, the server first. */
  async signalAll(signal: NodeJS.Signals): Promise<void> {
    if (this.#process?.running !== true) {
      return;
    }
    const pids = [await this.#process.pid()];
    for (const pid of pids) {
      signalIfThere(pid, signal);
      pids.push(...(await childrenOf(pid)));
    }
  }
}

/** A server that goes on reaps children that have ended meanwhile. */
function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
