import type { StorePath } from '../domain/store-path.ts';
import { isFloating, knownOutputs, type Target, type TargetResult } from './target.ts';
import type { Workplace } from './workplace.ts';

/**
 * Which targets are there already, as far as that can be told of what is not built yet. One exchange, which also makes temporary roots of
 * every known output, there or to come.
 */
export async function presentTargets(
  workplace: Workplace,
  targets: readonly Target[],
): Promise<ReadonlyMap<StorePath, TargetResult>> {
  const { session } = workplace;
  const known = [...new Set(targets.flatMap((target) => [...knownOutputs(target).values()]))];
  const [valid] = await Promise.all([session.queryValidPaths(known), session.addTempRoots(known)]);
  const present = targets.filter(
    (target) =>
      !isFloating(target) &&
      [...knownOutputs(target).values()].every((output) => valid.has(output)),
  );
  return new Map(
    present.map((target) => {
      const outputs = knownOutputs(target);
      const result = { status: 'cached', outputs, error: undefined } as const;
      return [target.key, workplace.result(target.key, result)];
    }),
  );
}
