import type { DrvPath, StorePath } from '../domain/store-path.ts';
import type { Answer } from '../offload/take-over.ts';
import type { Store } from '../store/store.ts';
import type { Outputs } from './wanted-outputs.ts';

/**
 * A remote compares a rebuild with its own copy; the client asked for a comparison with the one that is here. Where these two differ, the
 * answer becomes what Nix says of that.
 */
export async function comparedWithLocal(
  answer: Answer,
  wanted: ReadonlyMap<DrvPath, Outputs>,
  local: Store,
  remote: Store,
): Promise<Answer> {
  const paths = [...wanted.values()].flatMap((outputs) =>
    [...outputs.values()].filter((path) => path !== undefined),
  );
  const [here, there] = await Promise.all([
    local.queryPathInfos(paths),
    remote.queryPathInfos(paths),
  ]);
  const differs = (path: StorePath | undefined): boolean =>
    path !== undefined && here.get(path)?.narHash !== there.get(path)?.narHash;
  const differing = new Map(
    [...wanted].flatMap(([drvPath, outputs]) => {
      const output = [...outputs.values()].find(differs);
      return output === undefined ? [] : [[drvPath, notDeterministic(drvPath, output)] as const];
    }),
  );
  return differing.size === 0 ? answer : withDifferences(answer, differing);
}

function withDifferences(answer: Answer, differing: ReadonlyMap<DrvPath, string>): Answer {
  if (answer.kind !== 'results')
    return { kind: 'error', message: [...differing.values()].join('\n') };
  const results = answer.results.map((result) => {
    const message = result.path.kind === 'built' ? differing.get(result.path.drvPath) : undefined;
    return message === undefined
      ? result
      : { ...result, status: 'not-deterministic' as const, errorMessage: message };
  });
  return { kind: 'results', results };
}

/** In Nix's words (`DerivationBuildingGoal`, checkOutputs). */
function notDeterministic(drvPath: DrvPath, output: StorePath): string {
  return `derivation '${drvPath}' may not be deterministic: output '${output}' differs`;
}
