import { isAble } from '../domain/abilities.ts';
import { isDrvPath, type DrvPath } from '../domain/store-path.ts';
import type { RemoteEvidence, Wanted } from './evidence.ts';
import type { Knowledge } from './knowledge.ts';
import { canBeStore } from './machines.ts';
import { builtThere } from './remote-store-load.ts';
import { MOST_NEEDS, route, type Needs, type Offer, type Routed } from './route.ts';

/** Which remote's store has each target; a target that none can build by itself, with all that it needs, is not in it. */
export type Routes = ReadonlyMap<Wanted, RemoteEvidence>;

/** As targets will be dealt out ({@link route}); those that are wanted back only to remotes whose outputs can be had. */
export function routesOf(knowledge: Knowledge): Routes {
  const { remotes, work } = knowledge.evidence;
  const stores = remotes.filter(canBeStore);
  const accepted = stores.filter(({ outputsAccepted }) => outputsAccepted !== false);
  return new Map([
    ...dealtOut(
      knowledge,
      work.wanted.filter(({ back }) => back),
      accepted,
    ),
    ...dealtOut(
      knowledge,
      work.wanted.filter(({ back }) => !back),
      stores,
    ),
  ]);
}

function dealtOut(
  knowledge: Knowledge,
  wanted: readonly Wanted[],
  stores: readonly RemoteEvidence[],
): Routes {
  const { derivations } = knowledge.evidence.work;
  const byKey = new Map(wanted.map((each) => [each.key, each]));
  const targets = wanted.map(({ key }): Routed => ({
    key,
    demand: isDrvPath(key) ? derivations.get(key) : undefined,
  }));
  const offers = stores.map(offerBy);
  const needs = needsOf(knowledge, byKey, stores);
  const { shares } = route(targets, offers, needs);
  const given = targets.flatMap((target) => {
    const place = shares.get(target.key) ?? -1;
    const [each, remote, offer] = [byKey.get(target.key), stores[place], offers[place]];
    return each && remote && offer && doesAll(offer, needs(target, place))
      ? [[each, remote] as const]
      : [];
  });
  return new Map(given);
}

/** Whether a place builds these, as far as it is known what it would have to build. */
function doesAll(offer: Offer, needed: ReturnType<Needs>): boolean {
  if (offer.others === 'possible' || !needed) return true;
  return [...needed.values()].every((demand) =>
    offer.machines.some((machine) => isAble(demand, machine)),
  );
}

function offerBy({ systems, features, others, slots, speedFactor }: RemoteEvidence): Offer {
  const capacity = slots === 'unknown' || slots < 1 ? 1 : slots;
  return { machines: [{ systems, features }], others, capacity: capacity * speedFactor };
}

/** Unknown for a remote that did not say what it has, and where there is too much to look at. */
function needsOf(
  knowledge: Knowledge,
  byKey: ReadonlyMap<Wanted['key'], Wanted>,
  stores: readonly RemoteEvidence[],
): Needs {
  const { derivations } = knowledge.evidence.work;
  if (byKey.size * derivations.size > MOST_NEEDS) return () => undefined;
  const known = new Map<string, ReturnType<Needs>>();
  const ask: Needs = ({ key }, place) => {
    const [wanted, remote] = [byKey.get(key), stores[place]];
    if (!wanted || !remote || remote.contents === 'unknown') return undefined;
    const built: readonly DrvPath[] = [...builtThere(knowledge, remote, [wanted])];
    return new Map(
      built.flatMap((path) => {
        const demand = derivations.get(path);
        return demand ? [[path, demand] as const] : [];
      }),
    );
  };
  return (target, place) => {
    const name = `${place} ${target.key}`;
    if (!known.has(name)) known.set(name, ask(target, place));
    return known.get(name);
  };
}
