import { storePathName, type DrvPath, type StorePath } from '../domain/store-path.ts';
import { USUAL, type Assumptions } from './assumptions.ts';
import { assumed, exactly, likely, type Estimate } from './estimate.ts';
import type {
  Evidence,
  PathFacts,
  RemoteEvidence,
  Step,
  StoreContents,
  Substitution,
} from './evidence.ts';
import { outputPaths, rootsOf, toRealise } from './machines.ts';
import type { Known } from './units.ts';

/** A store, as far as paths in it are concerned. */
export interface Side {
  readonly contents: Known<StoreContents>;
  readonly substitution: Known<Substitution>;
}

/** Where the outputs of a derivation come from that no store has. */
export type Origin =
  /** One of the stores has them. */
  | 'somewhere'
  | 'built'
  /** From a cache, most likely. */
  | 'fetched';

/** What evidence says of single paths. */
export class Knowledge {
  readonly evidence: Evidence;
  readonly #sides: readonly Side[];
  readonly #origins: ReadonlyMap<DrvPath, Origin>;

  constructor(evidence: Evidence) {
    this.evidence = evidence;
    this.#sides = [evidence.local, ...evidence.remotes];
    this.#origins = this.#findOrigins();
  }

  isValid({ contents }: Pick<Side, 'contents'>, path: StorePath | undefined): boolean {
    return path !== undefined && contents !== 'unknown' && contents.valid.has(path);
  }

  /** What any of the stores says of a path. */
  facts(path: StorePath): PathFacts | undefined {
    for (const { contents } of this.#sides) {
      const facts = contents === 'unknown' ? undefined : contents.facts.get(path);
      if (facts) return facts;
    }
    return undefined;
  }

  /** Bytes of a path, or of an output whose path is not known. */
  size(path: StorePath | undefined, name: string, assumptions: Assumptions): Estimate {
    const facts = path === undefined ? undefined : this.facts(path);
    if (facts) return exactly(facts.size);
    const earlier = path && this.evidence.history.sizes.get(storePathName(path));
    if (earlier !== undefined) {
      assumptions.seenBefore(path ?? name);
      return likely(earlier);
    }
    assumptions.sizeOf(path ?? name);
    return assumed(USUAL.outputBytes);
  }

  /** Whether a store can most likely fetch a path by itself: it takes the signature of whoever signed it. Where it does not say, whoever that is. */
  canFetch({ substitution }: Pick<Side, 'substitution'>, path: StorePath | undefined): boolean {
    const facts = path === undefined ? undefined : this.facts(path);
    if (!facts) return false;
    if (substitution === 'unknown') return facts.keyNames.length > 0;
    return facts.keyNames.some((name) => substitution.keyNames.has(name));
  }

  /** A derivation that is wanted is built in any case, if no store has its outputs. */
  origin(drvPath: DrvPath): Origin {
    return this.#origins.get(drvPath) ?? 'built';
  }

  /** Of the closure of these paths, what is not valid on a side; each once. What a path without facts refers to stays out. */
  missing(
    roots: Iterable<StorePath>,
    side: Pick<Side, 'contents'>,
    seen: Set<StorePath>,
  ): readonly StorePath[] {
    const missing: StorePath[] = [];
    const stack = [...roots];
    for (let path = stack.pop(); path !== undefined; path = stack.pop()) {
      if (seen.has(path) || this.isValid(side, path)) continue;
      seen.add(path);
      missing.push(path);
      stack.push(...(this.facts(path)?.references ?? []));
    }
    return missing;
  }

  /**
   * Whether what no store has will be built or fetched is something that only substituters know, and they are not asked. What is built
   * from something that is there is taken to be built; a derivation of which nothing is there, its inputs included, to come from a
   * cache, as all of nixpkgs does on two fresh machines.
   */
  #findOrigins(): ReadonlyMap<DrvPath, Origin> {
    const { work } = this.evidence;
    const roots = rootsOf(work.wanted);
    const wanted = new Set(roots.map(([drvPath]) => drvPath));
    const noCaches = this.#sides.every(
      ({ substitution }) => substitution !== 'unknown' && substitution.keyNames.size === 0,
    );
    const origins = new Map<DrvPath, Origin>();
    for (const drvPath of toRealise(roots, work, () => 'enter')) {
      const step = work.derivations.get(drvPath);
      if (!step) continue;
      const isBuilt = noCaches || wanted.has(drvPath) || this.#hasInput(step, origins);
      origins.set(drvPath, this.#isSomewhere(step) ? 'somewhere' : isBuilt ? 'built' : 'fetched');
    }
    return origins;
  }

  #isSomewhere(step: Step): boolean {
    const paths = outputPaths(step, [...step.outputs.keys()]);
    return this.#sides.some((side) => paths.some((path) => this.isValid(side, path)));
  }

  #hasInput({ inputDrvs }: Step, origins: ReadonlyMap<DrvPath, Origin>): boolean {
    return [...inputDrvs.keys()].some((input) => {
      const origin = origins.get(input);
      return origin === 'somewhere' || origin === 'built';
    });
  }
}

/** The remotes' names, for texts. */
export function labelOf(remotes: readonly Pick<RemoteEvidence, 'id'>[]): string {
  return remotes.map(({ id }) => id).join(', ');
}
