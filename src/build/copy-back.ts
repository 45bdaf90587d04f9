import { asActionError, type ActionError, type ErrorCode } from '../domain/errors.ts';
import type { StorePath } from '../domain/store-path.ts';
import type { PathInfos } from '../store/closure.ts';
import { copyClosure } from '../store/copy-closure.ts';
import type { Candidates } from '../store/derivation-closure.ts';
import type { SignatureCheck, Store } from '../store/store.ts';
import { announceOnce } from './announce.ts';
import type { Observe } from './events.ts';
import { PASSING } from './remote-link.ts';

/** Outputs of one target that are wanted in the local store. */
export interface CopyRequest {
  /** The target's derivation, or the store path that is one by itself. */
  readonly key: StorePath;
  readonly outputs: readonly StorePath[];
  /** A build that stopped may have failed: then the outputs are `maybe` valid, and passed over where they are not. */
  readonly validity: 'valid' | 'maybe';
  /** What a floating content-addressed derivation turned out to be, as JSON: registered here, so that Nix knows its outputs. */
  readonly realisations?: readonly string[];
}

/** What came of all requests, by target. */
export interface CopiedBack {
  readonly copied: ReadonlySet<StorePath>;
  readonly failures: ReadonlyMap<StorePath, ActionError>;
}

/** The two ends of a copy, in sessions that nothing else uses. */
export interface CopyStores {
  readonly from: Store;
  readonly to: Store;
  /** Takes the source's session back once nothing is on its way; else that is closed. */
  readonly release?: () => void;
}

export interface CopyBackOptions {
  /** Called before the first copy, and again after a copy that broke its sessions. */
  readonly openStores: (signal: AbortSignal) => Promise<CopyStores>;
  /** A superset of the closures of these targets' outputs, as far as it is known here. */
  readonly candidates: (keys: readonly StorePath[]) => Promise<Candidates>;
  readonly check: SignatureCheck;
  /** Outputs that are here already come again: they may be damaged. */
  readonly repair?: 'roots' | undefined;
  /** How often a lost connection is made up for, if opening the stores again does that; default: never. */
  readonly reopenings?: number;
  readonly observe: Observe;
  readonly signal: AbortSignal;
}

/** After these, no other copy can succeed either. */
const FATAL: ReadonlySet<ErrorCode> = new Set([
  'connection-lost',
  'disk-full',
  'cancelled',
  'signature-required',
]);

/**
 * Copies outputs into the local store while other derivations still build. What is asked for while a copy runs goes into the next
 * one together, so that the number of exchanges follows time and not the number of attributes.
 */
export class CopyBack {
  readonly #options: CopyBackOptions;
  readonly #waiting: CopyRequest[] = [];
  readonly #copied = new Set<StorePath>();
  readonly #failures = new Map<StorePath, ActionError>();
  #stores: Promise<CopyStores> | undefined;
  #worker: Promise<void> | undefined;
  #fatal: ActionError | undefined;
  #reopenings: number;
  #lost: ActionError | undefined;
  readonly #givingUp = new AbortController();

  constructor(options: CopyBackOptions) {
    this.#options = options;
    this.#reopenings = options.reopenings ?? 0;
  }

  /** What has arrived so far, by target. */
  get copied(): ReadonlySet<StorePath> {
    return this.#copied;
  }

  /** What could not come because its source was lost, and does not come back. */
  get stranded(): ReadonlySet<StorePath> {
    const lost = [...this.#failures].filter(([, { code }]) => PASSING.has(code));
    return new Set(lost.map(([key]) => key));
  }

  /** Starts copying soon. A target may be asked for again: what was copied is not copied twice. */
  enqueue(request: CopyRequest): void {
    this.#waiting.push(request);
    this.#worker ??= this.#work();
  }

  /** Ends all copies, for their source is not waited for any longer. */
  async giveUp(error: ActionError): Promise<void> {
    this.#fatal ??= error;
    this.#givingUp.abort(error);
    await this.close();
  }

  /** Waits for all that was asked for. */
  async finish(): Promise<CopiedBack> {
    await this.#worker;
    return { copied: this.#copied, failures: this.#failures };
  }

  /** The session that copied paths arrived in: it holds their temporary roots. Undefined where none is open, as after a failure. */
  async destination(): Promise<Store | undefined> {
    return (await this.#stores?.catch(() => undefined))?.to;
  }

  /** Opens the sessions ahead of the first copy, which hears of it if that fails. */
  open(): void {
    this.#sessions().catch(() => undefined);
  }

  /** Ends both sessions, and any copy with them. */
  async close(): Promise<void> {
    const stores = await this.#stores?.catch(() => undefined);
    if (!stores) return;
    stores.to.close();
    if (!stores.release || this.#worker) stores.from.close();
    stores.release?.();
  }

  async #work(): Promise<void> {
    // Never ends before its caller has noted it as running, and takes all that is asked for in one go together.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0).filter(({ key }) => !this.#copied.has(key));
      if (batch.length > 0) await this.#copyBatch(batch);
    }
    this.#worker = undefined;
  }

  async #copyBatch(batch: readonly CopyRequest[]): Promise<void> {
    const error = this.#fatal ?? (await this.#tryCopy(batch));
    if (!error) return;
    if (error.code === 'connection-lost' && !this.#fatal && this.#reopenings > 0) {
      this.#reopenings -= 1;
      this.#lost = error;
      await this.#copyBatch(batch);
      return;
    }
    if (FATAL.has(error.code)) this.#fatal ??= error;
    if (this.#fatal || batch.length === 1) {
      for (const { key } of batch) this.#failures.set(key, error);
      return;
    }
    // One bad path must not cost the others their copy.
    for (const request of batch) await this.#copyBatch([request]);
  }

  async #tryCopy(batch: readonly CopyRequest[]): Promise<ActionError | undefined> {
    const { candidates, check, repair, observe, signal } = this.#options;
    try {
      const { from, to } = await this.#sessions();
      const { paths, areAll } = await candidates(batch.map((request) => request.key));
      const { known, present } = await this.#presentAt(from, to, batch, paths);
      if (present.length === 0) return undefined;
      await copyClosure({
        from,
        to,
        roots: present.flatMap((request) => request.outputs),
        near: 'destination',
        candidates: paths,
        only: areAll ? paths : undefined,
        known,
        check,
        repair,
        signal,
        onProgress: announceOnce('copying', observe),
      });
      const realisations = present.flatMap((request) => request.realisations ?? []);
      await Promise.all(realisations.map((each) => to.registerDrvOutput(each)));
      for (const { key } of present) {
        this.#copied.add(key);
        this.#failures.delete(key);
      }
      return undefined;
    } catch (thrown) {
      await this.close();
      this.#stores = undefined;
      return asActionError(thrown);
    }
  }

  /**
   * One exchange: roots the outputs at the source for as long as its session lives, tells which requests can be met, and what the source
   * says of all that is missing here.
   */
  async #presentAt(
    from: Store,
    to: Store,
    batch: readonly CopyRequest[],
    candidates: ReadonlySet<StorePath>,
  ): Promise<{ readonly present: readonly CopyRequest[]; readonly known: PathInfos }> {
    const outputs = batch.flatMap((request) => request.outputs);
    const asked = new Set([...outputs, ...candidates]);
    const here = await to.queryValidPaths([...asked]);
    const rooted = from.addTempRoots(outputs);
    const missing = [...asked].filter((path) => !here.has(path));
    const [known] = await Promise.all([
      from.queryPathInfos(this.#options.repair ? [...asked] : missing),
      rooted,
    ]);
    const isThere = (path: StorePath): boolean => known.has(path) || here.has(path);
    const present = batch.filter(
      (request) => request.validity === 'valid' || request.outputs.every(isThere),
    );
    return { present, known };
  }

  #sessions(): Promise<CopyStores> {
    this.#stores ??= this.#options.openStores(this.#givingUp.signal).catch((error: unknown) => {
      // That it could not be made up for tells less than what was lost.
      this.#fatal ??= this.#lost ?? asActionError(error);
      throw this.#fatal;
    });
    return this.#stores;
  }
}
