import { isDrvPath, type DrvPath } from '../domain/store-path.ts';
import type { RemoteEvidence, Wanted } from './evidence.ts';
import type { Knowledge } from './knowledge.ts';
import { canBeStore, canBuild, possibleOf } from './machines.ts';
import { builtThere } from './remote-store-load.ts';

/** Which remote's store has each target; a target that none can build by itself, with all that it needs, is not in it. */
export type Routes = ReadonlyMap<Wanted, RemoteEvidence>;

/**
 * To the first remote that is able to, and whose outputs can be had where they are wanted back; where none is known to, to one that may have
 * others do it.
 */
export function routesOf(knowledge: Knowledge): Routes {
  const { remotes, work } = knowledge.evidence;
  const stores = remotes.filter(canBeStore);
  const routes = new Map<Wanted, RemoteEvidence>();
  const give = (remote: RemoteEvidence, select: Select): void => {
    const possible = work.wanted.filter(
      (each) => !routes.has(each) && !(each.back && remote.outputsAccepted === false),
    );
    for (const each of select(knowledge, remote, possible)) routes.set(each, remote);
  };
  for (const remote of stores) give(remote, buildable);
  for (const remote of stores) if (remote.others === 'possible') give(remote, all);
  return routes;
}

type Select = (
  knowledge: Knowledge,
  remote: RemoteEvidence,
  wanted: readonly Wanted[],
) => readonly Wanted[];

const all: Select = (_knowledge, _remote, wanted) => wanted;

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
