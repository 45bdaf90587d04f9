import { toError, type ActionError } from '../domain/errors.ts';
import { isDrvPath, type StorePath } from '../domain/store-path.ts';
import type { Store } from '../store/store.ts';
import { ActivityTracker } from './activity-tracker.ts';
import { endBuilds } from './cancel.ts';
import type { CopyBack, CopyRequest } from './copy-back.ts';
import type { Clock, Observe } from './events.ts';
import { MachineErrors } from './machine-errors.ts';
import type { BuildPlace } from './place.ts';
import type { Pushing } from './push/pushing.ts';
import type { Connected } from './site.ts';
import type { BareResult, Target, TargetResult } from './target.ts';

export interface WorkplaceOptions {
  readonly connected: Connected;
  /** Copies what was built there into the local store; undefined where nothing is wanted, or all is there anyway. */
  readonly copyBack: CopyBack | undefined;
  /** Sends what was built there to other stores. */
  readonly pushing?: Pushing | undefined;
  readonly observe: Observe;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** A session that builds, and all that follows its builds. */
export class Workplace {
  readonly connected: Connected;
  readonly place: BuildPlace;
  readonly session: Store;
  /** Which store has what is built. */
  readonly store: TargetResult['store'];
  readonly tracker: ActivityTracker;
  readonly copyBack: CopyBack | undefined;
  readonly #pushing: Pushing | undefined;
  readonly #machineErrors = new MachineErrors((drvPath) => this.tracker.machineOf(drvPath));
  readonly #signal: AbortSignal;
  readonly #onAbort: () => void;

  constructor({ connected, copyBack, pushing, observe, clock, signal }: WorkplaceOptions) {
    this.connected = connected;
    this.place = connected.place;
    this.session = connected.session;
    this.store = connected.openSession ? 'remote' : 'local';
    this.copyBack = copyBack;
    this.#pushing = pushing;
    this.tracker = new ActivityTracker((event) => {
      this.#machineErrors.hear(event);
      observe(event.kind === 'build-started' ? { ...event, ...this.#builderOf(event) } : event);
    }, clock);
    this.#signal = signal;
    this.#onAbort = () => void endBuilds(this.session, this.tracker, toError(signal.reason));
    signal.addEventListener('abort', this.#onAbort);
    if (signal.aborted) this.#onAbort();
  }

  /** What became of a target here, with all that is known of its build. */
  result(key: StorePath, result: BareResult): TargetResult {
    const drvPath = isDrvPath(key) ? key : undefined;
    return {
      ...result,
      store: this.store,
      remote: this.place.builderOf(drvPath && this.tracker.machineOf(drvPath)),
      seconds: drvPath && result.status !== 'cached' ? this.tracker.secondsOf(drvPath) : undefined,
    };
  }

  /** A remote store may pass a build on to a builder of its own. */
  #builderOf({ machine }: { readonly machine?: string | undefined }): { builder?: string } {
    const builder = this.place.builderOf(machine);
    if (builder === undefined) return {};
    const isPassedOn = this.store === 'remote' && machine !== undefined && machine !== '';
    return { builder: isPassedOn ? `${machine} (a builder of ${builder})` : builder };
  }

  /** Failures together with what the machine said of them. */
  explain(results: ReadonlyMap<StorePath, TargetResult>): ReadonlyMap<StorePath, TargetResult> {
    return this.#machineErrors.explain(results, this.place);
  }

  enqueueCopy(
    target: Target,
    outputs: ReadonlyMap<string, StorePath>,
    rest: Pick<CopyRequest, 'validity' | 'realisations'>,
  ): void {
    const { key } = target;
    const { validity } = rest;
    this.#pushing?.enqueue(this.connected, { key, outputs: [...outputs.values()], validity });
    if (target.copy === 'leave' || outputs.size === 0) return;
    this.copyBack?.enqueue({ key: target.key, outputs: [...outputs.values()], ...rest });
  }

  /** What was not copied by now will not be: the place is not waited for any longer. */
  async giveUp(error: ActionError): Promise<void> {
    await this.copyBack?.giveUp(error);
  }

  async close(): Promise<void> {
    this.#signal.removeEventListener('abort', this.#onAbort);
    await this.copyBack?.close();
    this.session.close();
  }
}
