import { type Derivation, parseDerivation, requiredSystemFeatures } from '../domain/derivation.ts';
import type { DrvPath, StorePath } from '../domain/store-path.ts';

/** Derivations and all that they need, parsed. */
export type DerivationClosure = ReadonlyMap<DrvPath, Derivation>;

/** How many `.drv` files are read at a time. */
const BATCH = 64;

/**
 * The derivations that these need, themselves included, parsed.
 * @param readText gives the text of a `.drv` file
 * @throws ActionError `unsupported-derivation` where one is dynamic, and what `readText` throws
 */
export async function derivationClosure(
  roots: Iterable<DrvPath>,
  readText: (path: DrvPath) => Promise<string>,
): Promise<DerivationClosure> {
  const closure = new Map<DrvPath, Derivation>();
  const seen = new Set(roots);
  const queue = [...seen];
  while (queue.length > 0) {
    const batch = queue.splice(0, BATCH);
    const texts = await Promise.all(batch.map(readText));
    for (const [index, path] of batch.entries()) {
      const derivation = parseDerivation(texts[index] ?? '', path);
      closure.set(path, derivation);
      for (const input of derivation.inputDrvs.keys()) {
        if (seen.has(input)) continue;
        seen.add(input);
        queue.push(input);
      }
    }
  }
  return closure;
}

/** Of a closure, what these roots need, themselves included. */
export function closureOfSome(
  roots: Iterable<DrvPath>,
  closure: DerivationClosure,
): DerivationClosure {
  const some = new Map<DrvPath, Derivation>();
  const reached = new Set(roots);
  for (const path of reached) {
    const derivation = closure.get(path);
    if (!derivation) continue;
    some.set(path, derivation);
    for (const input of derivation.inputDrvs.keys()) reached.add(input);
  }
  return some;
}

/**
 * Every path that the outputs of these derivations can refer to: a build sees nothing but outputs and sources of its
 * derivation's closure. A superset of any output's closure, known without asking anybody.
 */
export function candidatePaths(closure: DerivationClosure): ReadonlySet<StorePath> {
  const paths = new Set<StorePath>();
  for (const { outputs, inputSrcs } of closure.values()) {
    for (const path of outputs.values()) if (path !== undefined) paths.add(path);
    for (const path of inputSrcs) paths.add(path);
  }
  return paths;
}

/** What copies of outputs are limited to. */
export interface Candidates {
  readonly paths: ReadonlySet<StorePath>;
  /** Whether nothing else can be referred to: then a store that says otherwise lies. */
  readonly areAll: boolean;
}

/** As {@link candidatePaths}. Outputs that are named only when built, and builds that build, can refer to what nobody knows yet. */
export function candidatesOf(closure: DerivationClosure): Candidates {
  const areAll = [...closure.values()].every(
    (derivation) =>
      [...derivation.outputs.values()].every((path) => path !== undefined) &&
      !requiredSystemFeatures(derivation).includes('recursive-nix'),
  );
  return { paths: candidatePaths(closure), areAll };
}
