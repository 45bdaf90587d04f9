import { isAble } from '../domain/abilities.ts';
import type { DrvPath, StorePath } from '../domain/store-path.ts';
import { Assumptions } from './assumptions.ts';
import { sum, type Estimate } from './estimate.ts';
import type { LocalEvidence, RemoteEvidence, Step, Wanted } from './evidence.ts';
import type { Knowledge } from './knowledge.ts';
import { canBuild, outputPaths, possibleOf, rootsOf, toRealise } from './machines.ts';

/** Who builds a derivation in builders mode. */
export type Machine = RemoteEvidence | 'local';

/** By derivation, dependencies first. */
export type Steps = ReadonlyMap<DrvPath, Step>;

/** What the local store fetches by itself, in bytes, and what has to be built for it, dependencies first. */
export function realisedHere(
  knowledge: Knowledge,
  wanted: readonly Wanted[],
  assumptions: Assumptions,
): { readonly fetched: Estimate; readonly realised: Steps } {
  const { local, work } = knowledge.evidence;
  const sizes: Estimate[] = [];
  const seen = new Set<StorePath>();
  const fetch = (paths: readonly (StorePath | undefined)[], name: string): void => {
    if (paths.includes(undefined)) sizes.push(knowledge.size(undefined, name, assumptions));
    const known = paths.filter((path) => path !== undefined);
    for (const path of knowledge.missing(known, local, seen)) {
      sizes.push(knowledge.size(path, name, assumptions));
    }
  };
  const order = toRealise(rootsOf(wanted), work, (drvPath, step, names) => {
    const missing = outputPaths(step, names).filter((path) => !knowledge.isValid(local, path));
    if (missing.length === 0) return 'skip';
    const comes = missing.every((path) => knowledge.canFetch(local, path));
    if (!comes && knowledge.origin(drvPath) !== 'fetched') return 'enter';
    if (!comes) assumptions.fetched(drvPath);
    fetch(missing, drvPath);
    return 'skip';
  });
  const derivations = new Set(rootsOf(wanted).map(([drvPath]) => drvPath as StorePath));
  fetch(
    wanted.flatMap(({ key }) => (derivations.has(key) ? [] : [key])),
    'a store path',
  );
  const steps = order.flatMap((drvPath) => {
    const step = work.derivations.get(drvPath);
    return step ? [[drvPath, step] as const] : [];
  });
  return { fetched: sum(sizes), realised: new Map(steps) };
}

/** Machines first, as Nix does; of several, the one that has the most of what it takes. */
export function machineFor(knowledge: Knowledge, step: Step): Machine | undefined {
  const { remotes, local } = knowledge.evidence;
  const able = remotes.filter(
    (remote) => canBuild(remote, step) && refusalOf(remote, local) === undefined,
  );
  const has = (remote: RemoteEvidence): number =>
    [...step.outputs.values(), ...step.inputSrcs].filter((path) => knowledge.isValid(remote, path))
      .length;
  const [first] = able.toSorted((one, other) => has(other) - has(one));
  if (first) return first;
  const { system, features, slots } = local;
  const isOwn = isAble(step, { systems: new Set([system]), features });
  return isOwn && slots !== 0 ? 'local' : undefined;
}

/** Why a machine builds nothing for a user whom it does not trust, as Nix asks it (build-remote.cc); a part of a sentence. */
export function refusalOf(
  { id, protocol, trust, tellsTrust }: RemoteEvidence,
  { buildsUntrusted }: LocalEvidence,
): string | undefined {
  if (trust !== 'untrusted') return undefined;
  const refuses = `${id} does not trust this user, and builds nothing for such a user`;
  if (protocol === 'serve') return `${refuses} through ssh://`;
  if (buildsUntrusted === false) return `${refuses} when a Nix older than 2.16 asks`;
  return tellsTrust === false ? `${refuses}, as its Nix is older than 2.15` : undefined;
}

/** Those of the targets that builders can have built with all that they need, by whatever machines. */
export function buildableByBuilders(
  knowledge: Knowledge,
  wanted: readonly Wanted[],
): readonly Wanted[] {
  const { realised } = realisedHere(knowledge, wanted, new Assumptions());
  return possibleOf(
    wanted,
    realised.keys(),
    knowledge.evidence.work,
    (step) => machineFor(knowledge, step) !== undefined,
  );
}
