import { createInterface } from 'node:readline';
import {
  within,
  type Builder,
  type HostProcess,
  type NixHost,
  type UserName,
} from '../../lab/index.ts';
import type { TunnelService } from '../../src/tunnel/service.ts';
import type { TunnelPlace, TunnelRequest, TunnelState } from './serve-tunnel.ts';

const ANSWER_MS = 20_000;

/** A daemon, as its machine has it. */
export const WORKER: TunnelService = {
  kind: 'worker',
  remoteProgram: [],
  remoteStore: undefined,
};

/** The legacy protocol. */
export const SERVE: TunnelService = { kind: 'serve', remoteProgram: [], remoteStore: undefined };

export interface TunnelProcessOptions {
  readonly builder: Builder;
  readonly runner: NixHost;
  /** Who runs the step. */
  readonly user: UserName;
  /** Who logs in on the builder; default `ci`. */
  readonly login?: UserName | undefined;
  /** Default: {@link WORKER}. */
  readonly service?: TunnelService | undefined;
  /** Where the builder is reached; default: its own sshd, without a link. */
  readonly port?: number | undefined;
  readonly temp?: string | undefined;
}

/** A tunnel that a process of its own serves on the runner. */
export class TunnelProcess implements AsyncDisposable {
  readonly place: TunnelPlace;
  readonly #process: HostProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(process: HostProcess, lines: AsyncIterator<string>, place: TunnelPlace) {
    this.#process = process;
    this.#lines = lines;
    this.place = place;
  }

  static async start(options: TunnelProcessOptions): Promise<TunnelProcess> {
    const { builder, runner, user, login = 'ci', port = builder.port } = options;
    const request: TunnelRequest = {
      user: login,
      port,
      privateKey: builder.key.privateKey,
      knownHosts: builder.knownHosts(port),
      service: options.service ?? WORKER,
      temp: options.temp,
    };
    const running = runner.spawn(['node', '/checkout/__tests__/tunnel/serve-tunnel.ts'], { user });
    let log = '';
    running.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
    const lines = createInterface({ input: running.stdout })[Symbol.asyncIterator]();
    running.stdin.write(`${JSON.stringify(request)}\n`);
    const line = await within(ANSWER_MS, 'start of the tunnel', lines.next(), () => log);
    if (line.done === true) throw new Error(`the tunnel did not start: ${log}`);
    return new TunnelProcess(running, lines, JSON.parse(line.value) as TunnelPlace);
  }

  get storeUri(): string {
    return this.place.storeUri;
  }

  async state(): Promise<TunnelState> {
    this.#process.stdin.write('\n');
    const line = await within(ANSWER_MS, 'state of the tunnel', this.#lines.next());
    if (line.done === true) throw new Error('the tunnel has ended');
    return JSON.parse(line.value) as TunnelState;
  }

  async stop(): Promise<void> {
    this.#process.stdin.end();
    await within(ANSWER_MS, 'end of the tunnel', this.#process.exited);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
