import type { BuildResult } from '../domain/build-result.ts';
import { isGood, outcomeStatus } from '../domain/outcome.ts';
import { isDrvPath, type DrvPath, type StorePath } from '../domain/store-path.ts';
import type { Answer } from '../offload/take-over.ts';
import {
  candidatesOf,
  closureOfSome,
  type DerivationClosure,
} from '../store/derivation-closure.ts';
import type { Store } from '../store/store.ts';
import { CopyBack, type CopyBackOptions } from './copy-back.ts';
import { resultOfDerivation } from './requested-results.ts';
import type { Outputs } from './wanted-outputs.ts';

export interface OffloadedOutputsOptions extends Pick<
  CopyBackOptions,
  'openStores' | 'check' | 'repair' | 'signal'
> {
  readonly wanted: ReadonlyMap<DrvPath, Outputs>;
  readonly closure: DerivationClosure;
}

/** What a request's derivations came to, as far as it is known one by one. */
export type Results = readonly BuildResult[] | undefined;

/** The outputs of one request on their way to the local store: each comes as soon as its build has stopped. */
export class OffloadedOutputs {
  readonly #wanted: ReadonlyMap<DrvPath, Outputs>;
  readonly #copyBack: CopyBack;

  constructor({ wanted, closure, ...options }: OffloadedOutputsOptions) {
    this.#wanted = wanted;
    this.#copyBack = new CopyBack({
      ...options,
      candidates: (keys) =>
        Promise.resolve(candidatesOf(closureOfSome(keys.filter(isDrvPath), closure))),
      observe: () => undefined,
    });
    // While the remote builds there is time; the first output that is there then need not wait.
    this.#copyBack.open();
  }

  /** Whether a path is known only from results. */
  get areFloating(): boolean {
    return [...this.#wanted.values()].some((outputs) => realised(outputs) === undefined);
  }

  /** To be told when a build has stopped, well or not. */
  readonly stopped = (drvPath: DrvPath): void => {
    const outputs = this.#wanted.get(drvPath);
    if (outputs) this.#enqueueIfThere(drvPath, outputs);
  };

  /**
   * Brings all that the remote has of them, keeps it for as long as the client's session lives, and tells the local store which
   * content-addressed outputs are whose.
   * @throws ActionError why outputs that were built did not come
   */
  async collect(answer: Answer, results: Results, client: Store): Promise<void> {
    for (const [drvPath, outputs] of this.#wanted) {
      const result = results && resultOfDerivation(results, drvPath);
      if (!result) this.#enqueueIfThere(drvPath, outputs);
      else if (isGood(outcomeStatus(result.status, result.errorMessage))) {
        this.#enqueue(drvPath, outputs, result);
      }
    }
    const { copied, failures } = await this.#copyBack.finish();
    const arrived = [...copied].filter(isDrvPath).map((drvPath) => this.#wanted.get(drvPath));
    await client.addTempRoots(arrived.flatMap((outputs) => (outputs && realised(outputs)) ?? []));
    const [failure] = failures.values();
    // A build that failed is what the client has to hear of.
    if (failure && answer.kind !== 'error') throw failure;
  }

  close(): Promise<void> {
    return this.#copyBack.close();
  }

  #enqueueIfThere(key: DrvPath, outputs: Outputs): void {
    const paths = realised(outputs);
    if (paths) this.#copyBack.enqueue({ key, outputs: paths, validity: 'maybe' });
  }

  #enqueue(key: DrvPath, outputs: Outputs, result: BuildResult): void {
    const paths = [...outputs].map(([name, path]) => result.outputs.get(name) ?? path);
    const isFloating = realised(outputs) === undefined;
    this.#copyBack.enqueue({
      key,
      outputs: paths.filter((path) => path !== undefined),
      validity: 'valid',
      realisations: isFloating ? [...result.realisations.values()] : [],
    });
  }
}

/** Undefined if one of the paths is not known. */
function realised(outputs: Outputs): readonly StorePath[] | undefined {
  const paths = [...outputs.values()].filter((path) => path !== undefined);
  return paths.length === outputs.size ? paths : undefined;
}
