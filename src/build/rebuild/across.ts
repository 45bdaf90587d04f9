import { isDrvPath, type StorePath } from '../../domain/store-path.ts';
import type { OutputDifference } from '../../domain/tree-difference.ts';
import { isFloating, type Target, type TargetResult } from '../target.ts';
import type { Workplace } from '../workplace.ts';
import { lostVerdict, SAME, type Verdict } from './check.ts';
import type { RebuildOptions } from './rebuild.ts';
import { differing } from './texts.ts';
import { compareAcross } from './trees.ts';

/** Compares the outputs that two places have of one target, by the hashes of their NARs. */
export async function compareOutputs(
  { signal, ...options }: RebuildOptions,
  target: Target,
  places: readonly [Workplace, Workplace],
  { outputs }: Pick<TargetResult, 'outputs'>,
): Promise<Verdict> {
  try {
    const [home, again] = places;
    const others = await outputsAt(again, target, outputs);
    const differences: OutputDifference[] = [];
    for (const [name, path] of outputs) {
      const other = others.get(name);
      const hashes = other && (await Promise.all([hashAt(home, path), hashAt(again, other)]));
      if (!hashes || hashes[0] === hashes[1]) continue;
      const difference = await compareAcross(places, [path, other], signal);
      const where = [`${path} on ${home.place.label}`, `${other} on ${again.place.label}`] as const;
      differences.push({ path, places: where, difference });
    }
    return differences.length === 0 ? SAME : differing(differences);
  } catch (error) {
    return lostVerdict({ signal, ...options }, error);
  }
}

/** A floating content-addressed derivation that came out otherwise has other paths there. */
async function outputsAt(
  { session }: Workplace,
  target: Target,
  known: ReadonlyMap<string, StorePath>,
): Promise<ReadonlyMap<string, StorePath | undefined>> {
  const { key } = target;
  if (!isFloating(target) || !isDrvPath(key)) return known;
  return (await session.queryDerivationOutputMaps([key])).get(key) ?? known;
}

async function hashAt({ session }: Workplace, path: StorePath): Promise<string> {
  const info = (await session.queryPathInfos([path])).get(path);
  if (!info) throw new Error(`${path} is not valid any more on ${session.label}`);
  return info.narHash;
}
