import { Builders } from '../build/builders.ts';
import type { StepEvent } from '../build/events.ts';
import { localNixVersion, openLocalNix } from '../build/local-nix.ts';
import { OffloadRecords, type OffloadReport } from '../build/offload-report.ts';
import type { StepContext, StepRequest } from '../build/step-request.ts';
import { notEnforcedWarning } from '../build/builder-session.ts';
import type { Machine } from '../domain/machine.ts';
import { daemonSocketPath } from '../nix/environment.ts';
import { openLocalStore } from '../store/local-store.ts';
import type { OffloadContext } from './offload-service.ts';
import type { Service } from './service.ts';
import type { Ready } from './start.ts';

/** What builders are set up with. */
export interface BuildersRequest extends Pick<StepRequest, 'options' | 'nixConf'> {
  readonly machines: readonly Machine[];
}

export type BuildersServiceContext = OffloadContext & Pick<StepContext, 'pipe'>;

/** Tunnels to machines, for Nix in later steps, and a configuration that names them. */
export class BuildersService implements Service {
  readonly ready: Ready;
  readonly #builders: Builders;
  readonly #opened: AsyncDisposableStack;
  readonly #records: OffloadRecords;

  private constructor(
    ready: Ready,
    builders: Builders,
    opened: AsyncDisposableStack,
    records: OffloadRecords,
  ) {
    this.ready = ready;
    this.#builders = builders;
    this.#opened = opened;
    this.#records = records;
  }

  /**
   * Connects, and makes sure that the local Nix takes the machines.
   * @throws ActionError with what keeps it from serving
   */
  static async start(
    request: BuildersRequest,
    context: BuildersServiceContext,
  ): Promise<BuildersService> {
    await using opening = new AsyncDisposableStack();
    const records = new OffloadRecords();
    const warnings: string[] = [];
    const observe = (event: StepEvent): void => {
      if (event.kind === 'warning') warnings.push(event.text);
      if (event.kind !== 'notice') return;
      records.addNotice(event.text);
      context.onNotice(event.text);
    };
    const { options, machines } = request;
    const { path } = context.folder;
    const inner = { ...context, observe, temporaryDirectory: path, socketDirectory: path };
    const builders = await Builders.open(machines, inner, opening);
    const version = await localNixVersion(context);
    await builders.connect(version);
    const { env } = context;
    const local = await openLocalStore({ env, socketPath: daemonSocketPath(env) });
    opening.defer(() => local.store.close());
    const { exports } = await openLocalNix(builders, version, local, request, inner, opening);
    const unheard = notEnforcedWarning(options);
    if (unheard !== undefined) warnings.push(unheard);
    const { label, detail } = builders;
    const ready = { kind: 'ready', remote: label, detail, warnings, exports } as const;
    return new BuildersService(ready, builders, opening.move(), records);
  }

  async stop(): Promise<OffloadReport> {
    const { bytesSent, bytesReceived } = this.#builders;
    await this.#opened.disposeAsync();
    return this.#records.report({
      mode: 'builders',
      remote: this.ready.remote,
      bytesSent,
      bytesReceived,
      reconnects: this.#builders.reconnects,
      rawOperations: new Map(),
    });
  }
}
