import { isAble, type Abilities, type Demand } from '../domain/abilities.ts';
import type { DrvPath, StorePath } from '../domain/store-path.ts';

/** A place that builds, as far as it matters to who chooses among several. */
export interface Offer {
  /** Its machines: itself, or those that it hands builds on to. */
  readonly machines: readonly Abilities[];
  /** Whether it may hand builds on to machines that nobody here knows of. */
  readonly others: 'none' | 'possible';
  /** How many builds it runs at a time, weighed by how fast it is; above 0. */
  readonly capacity: number;
}

/** Something to be had: a derivation's outputs, or a store path. */
export interface Routed {
  readonly key: StorePath;
  /** Undefined for a store path, which any place may have. */
  readonly demand: Demand | undefined;
}

/** What a place would have to build for a target, itself included; undefined where nobody asked. */
export type Needs = (target: Routed, place: number) => ReadonlyMap<DrvPath, Demand> | undefined;

/** So many targets times derivations are looked at; beyond that, targets are dealt out by their own demands alone. */
export const MOST_NEEDS = 5_000_000;

/** Who gets what: places by their index among the offers. */
export interface Route {
  readonly shares: ReadonlyMap<StorePath, number>;
  /** What no place builds. */
  readonly unsupported: readonly Routed[];
}

/** The places that build a target itself; where none is known to, those that may have others do it. */
export function ablePlaces({ demand }: Routed, offers: readonly Offer[]): readonly number[] {
  const able = [...offers.keys()].filter(
    (place) => demand === undefined || does(offers, place, demand),
  );
  return able.length > 0
    ? able
    : [...offers.keys()].filter((place) => offers[place]?.others === 'possible').slice(0, 1);
}

/**
 * Deals targets out. Each goes to a place that is able to build it with all that it still needs there, such that all places are done as
 * early as possible and little is built twice: what two targets need in common weighs for keeping them together.
 * @param needs asked only for targets that more than one place can build
 */
export function route(targets: readonly Routed[], offers: readonly Offer[], needs: Needs): Route {
  const shares = new Map<StorePath, number>();
  const unsupported: Routed[] = [];
  const loads = offers.map(() => new Set<StorePath>());
  const choose = (target: Routed, able: readonly number[]): number | undefined => {
    if (able.length < 2) return able[0];
    const there = able.find((place) => needs(target, place)?.size === 0);
    if (there !== undefined) return there;
    const whole = able.filter((place) =>
      [...(needs(target, place)?.values() ?? [])].every((demand) => does(offers, place, demand)),
    );
    return cheapest(target, whole.length > 0 ? whole : able, offers, needs, loads);
  };
  for (const target of targets) {
    const place = choose(target, ablePlaces(target, offers));
    if (place === undefined) {
      unsupported.push(target);
      continue;
    }
    shares.set(target.key, place);
    for (const path of needs(target, place)?.keys() ?? [target.key]) loads[place]?.add(path);
  }
  return { shares, unsupported };
}

function does(offers: readonly Offer[], place: number, demand: Demand): boolean {
  return offers[place]?.machines.some((machine) => isAble(demand, machine)) === true;
}

/** When the place would be done; what it would build though another builds it already, counts twice. */
function cheapest(
  target: Routed,
  able: readonly number[],
  offers: readonly Offer[],
  needs: Needs,
  loads: readonly ReadonlySet<StorePath>[],
): number | undefined {
  const costOf = (place: number): number => {
    const load = loads[place] ?? new Set();
    const needed = [...(needs(target, place)?.keys() ?? [target.key])];
    const added = needed.filter((path) => !load.has(path));
    const twice = added.filter((path) => loads.some((other) => other.has(path)));
    return (load.size + added.length + twice.length) / (offers[place]?.capacity ?? 1);
  };
  const costs = able.map((place) => [place, costOf(place)] as const);
  const [best] = costs.toSorted(([, one], [, other]) => one - other);
  return best?.[0];
}
