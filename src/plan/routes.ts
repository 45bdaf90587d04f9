import { isDrvPath, type DrvPath } from '../domain/store-path.ts';
import type { RemoteEvidence, Wanted } from './evidence.ts';
import type { Knowledge } from './knowledge.ts';
import { canBeStore, canBuild, possibleOf } from './machines.ts';
import { builtThere } from './remote-store-load.ts';

/** Which remote's store has each target; a target that none can build by itself, with all that it needs, is not in it. */
export type Routes = ReadonlyMap<Wanted, RemoteEvidence>;

/** To the first remote that is able to, and whose outputs can be had where they are wanted back. */
export function routesOf(knowledge: Knowledge): Routes {
  const { remotes, work } = knowledge.evidence;
  const routes = new Map<Wanted, RemoteEvidence>();
  for (const remote of remotes.filter(canBeStore)) {
    const possible = work.wanted.filter(
      (each) => !routes.has(each) && !(each.back && remote.outputsAccepted === false),
    );
    for (const each of buildable(knowledge, remote, possible)) routes.set(each, remote);
  }
  return routes;
}

/** Those of the targets that one remote can build alone. */
function buildable(
  knowledge: Knowledge,
  remote: RemoteEvidence,
  wanted: readonly Wanted[],
): readonly Wanted[] {
  // What a remote that does not say lacks of the inputs is not known; that it has to build what is wanted is likely.
  const needed =
    remote.contents === 'unknown' ? drvPathsOf(wanted) : builtThere(knowledge, remote, wanted);
  return possibleOf(wanted, needed, knowledge.evidence.work, (step) => canBuild(remote, step));
}

function drvPathsOf(wanted: readonly Wanted[]): readonly DrvPath[] {
  return wanted.flatMap(({ key }) => (isDrvPath(key) ? [key] : []));
}
