import type { DrvPath, StorePath } from '../domain/store-path.ts';
import type { Store } from '../store/store.ts';
import type { BuiltPath } from './offload-plan.ts';

/** Output name → path; undefined until a floating content-addressed derivation is built. */
export type Outputs = ReadonlyMap<string, StorePath | undefined>;

/** Which outputs of which derivation are wanted, and where they are or will be. One exchange. */
export async function wantedOutputs(
  store: Store,
  paths: readonly BuiltPath[],
): Promise<ReadonlyMap<DrvPath, Outputs>> {
  const drvPaths = [...new Set(paths.map(({ drvPath }) => drvPath))];
  const maps = await store.queryDerivationOutputMaps(drvPaths);
  const wanted = new Map<DrvPath, Map<string, StorePath | undefined>>();
  for (const { drvPath, outputs } of paths) {
    const all = maps.get(drvPath) ?? new Map<string, undefined>();
    const names = outputs === 'all' ? [...all.keys()] : outputs;
    const known = wanted.get(drvPath) ?? new Map<string, StorePath | undefined>();
    for (const name of names) known.set(name, all.get(name));
    wanted.set(drvPath, known);
  }
  return wanted;
}
