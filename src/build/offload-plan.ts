import { isAble, type Abilities } from '../domain/abilities.ts';
import type { DerivedPath } from '../domain/derived-path.ts';
import type { DrvPath, StorePath } from '../domain/store-path.ts';
import { closureOfSome, type DerivationClosure } from '../store/derivation-closure.ts';

/** A derivation of which outputs are wanted. */
export type BuiltPath = DerivedPath & { readonly kind: 'built' };

/** Who builds which part of a request. */
export interface OffloadPlan {
  readonly remote: readonly BuiltPath[];
  readonly local: readonly DerivedPath[];
}

/**
 * Splits a request: what the remote is able to build goes there, whole, with all that it needs; the rest stays here.
 * @param missing all derivations that have to be built, as QueryMissing says it; what is not among them is there or can be substituted
 */
export function planOffload(
  paths: readonly DerivedPath[],
  missing: ReadonlySet<StorePath>,
  closure: DerivationClosure,
  abilities: Abilities,
): OffloadPlan {
  const remote: BuiltPath[] = [];
  const local: DerivedPath[] = [];
  const unable = new Set(
    [...closure]
      .filter(([path, derivation]) => missing.has(path) && !isAble(derivation, abilities))
      .map(([path]) => path),
  );
  for (const path of paths) {
    const isBuilt = path.kind === 'built' && missing.has(path.drvPath);
    if (isBuilt && !reaches(path.drvPath, unable, closure)) remote.push(path);
    else local.push(path);
  }
  return { remote, local };
}

function reaches(
  root: DrvPath,
  targets: ReadonlySet<DrvPath>,
  closure: DerivationClosure,
): boolean {
  if (targets.size === 0) return false;
  const needed = closureOfSome([root], closure);
  return [...targets].some((path) => needed.has(path));
}
