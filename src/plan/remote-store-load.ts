import type { DrvPath, StorePath } from '../domain/store-path.ts';
import type { Assumptions } from './assumptions.ts';
import { exactly, sum, type Estimate } from './estimate.ts';
import type { RemoteEvidence, Wanted } from './evidence.ts';
import type { Knowledge } from './knowledge.ts';
import { TrafficTable, type Load } from './load.ts';
import { outputPaths, rootsOf, toRealise } from './machines.ts';

/** What is valid there; what is missing; derivations and the request. */
const BUILD_EXCHANGES = 3;

/** Path infos; NARs. */
const COPY_EXCHANGES = 2;

/**
 * What it takes to build in remote stores: derivations with their sources go up, outputs that are wanted back come down.
 * @param routes to which remote each target goes
 */
export function remoteStoreLoad(
  knowledge: Knowledge,
  routes: ReadonlyMap<Wanted, RemoteEvidence>,
  assumptions: Assumptions,
): Load {
  const table = new TrafficTable();
  const builds = new Set<DrvPath>();
  for (const [remote, wanted] of byRemote(routes)) {
    const missing = wanted.filter(({ outputs }) =>
      [...outputs.values()].some((path) => !knowledge.isValid(remote, path)),
    );
    for (const drvPath of builtThere(knowledge, remote, missing, assumptions)) builds.add(drvPath);
    table.add(remote.id, {
      up: exactly(uploadBytes(knowledge, remote, missing)),
      down: sum(copiedBack(knowledge, wanted, assumptions)),
    });
  }
  const isCopying = [...routes.keys()].some(({ back }) => back);
  return {
    traffic: table.traffic,
    fetched: exactly(0),
    builds,
    asked: { count: 0, depth: 0 },
    exchanges: BUILD_EXCHANGES + (isCopying ? COPY_EXCHANGES : 0),
  };
}

function byRemote(
  routes: ReadonlyMap<Wanted, RemoteEvidence>,
): ReadonlyMap<RemoteEvidence, readonly Wanted[]> {
  const groups = new Map<RemoteEvidence, Wanted[]>();
  for (const [wanted, remote] of routes) {
    groups.set(remote, [...(groups.get(remote) ?? []), wanted]);
  }
  return groups;
}

/** What the remote neither has nor, most likely, can fetch. */
export function builtThere(
  knowledge: Knowledge,
  remote: RemoteEvidence,
  wanted: readonly Wanted[],
  assumptions?: Assumptions,
): readonly DrvPath[] {
  return toRealise(rootsOf(wanted), knowledge.evidence.work, (drvPath, step, names) => {
    const isThere = outputPaths(step, names).every(
      (path) => knowledge.isValid(remote, path) || knowledge.canFetch(remote, path),
    );
    if (isThere) return 'skip';
    if (knowledge.origin(drvPath) !== 'fetched') return 'enter';
    assumptions?.fetched(drvPath);
    return 'skip';
  });
}

/** All of the derivations' closure that the remote lacks: every `.drv` file and every source, built or not. */
export function uploadBytes(
  knowledge: Knowledge,
  remote: Pick<RemoteEvidence, 'contents' | 'substitution'>,
  wanted: readonly Wanted[],
): number {
  const { work } = knowledge.evidence;
  const sources = new Set<StorePath>();
  let bytes = 0;
  // A derivation that is there came with all that it refers to.
  const sent = toRealise(rootsOf(wanted), work, (drvPath) =>
    knowledge.isValid(remote, drvPath) ? 'skip' : 'enter',
  );
  for (const drvPath of sent) {
    const step = work.derivations.get(drvPath);
    bytes += step?.size ?? 0;
    for (const path of step?.inputSrcs ?? []) sources.add(path);
  }
  return bytes + sourceBytes(knowledge, remote, sources, new Set());
}

/** Sources are in the local store, for evaluation has put them there, so that their sizes are known. */
export function sourceBytes(
  knowledge: Knowledge,
  remote: Pick<RemoteEvidence, 'contents' | 'substitution'>,
  sources: Iterable<StorePath>,
  seen: Set<StorePath>,
): number {
  return knowledge
    .missing(sources, remote, seen)
    .filter((path) => !knowledge.canFetch(remote, path))
    .reduce((total, path) => total + (knowledge.facts(path)?.size ?? 0), 0);
}

/** What is wanted back and not here, with all that it refers to, as far as that is known. */
function* copiedBack(
  knowledge: Knowledge,
  wanted: readonly Wanted[],
  assumptions: Assumptions,
): Generator<Estimate> {
  const { local } = knowledge.evidence;
  const seen = new Set<StorePath>();
  for (const { key, outputs, back } of wanted) {
    if (!back) continue;
    for (const [name, path] of outputs) {
      if (path === undefined) {
        yield knowledge.size(path, `${key}!${name}`, assumptions);
        continue;
      }
      for (const each of knowledge.missing([path], local, seen)) {
        yield knowledge.size(each, name, assumptions);
      }
    }
    if ([...outputs.values()].some((path) => path === undefined || !knowledge.facts(path))) {
      assumptions.add('what outputs refer to that are not built yet is not counted');
    }
  }
}
