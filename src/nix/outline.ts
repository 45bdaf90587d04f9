import type { WalkPlace } from './walk-events.ts';

/** Who works at units. */
export interface Evaluating {
  /** Whether it has evaluated an attribute: then what it begins is as good as done. The first may take what all of them share. */
  readonly isUnderWay: boolean;
}

/** An attribute to be evaluated (a set without what is in it), or an installable. In the order of a walk, each knows the next. */
export class Unit {
  readonly place: WalkPlace;
  /** `set-aside`: a process died of it, and it is tried again when all others are done. */
  state: 'pending' | 'begun' | 'set-aside' | 'done' = 'pending';
  /** Who has begun it, or is about to. */
  by: Evaluating | undefined;
  next: Unit | undefined;

  constructor(place: WalkPlace) {
    this.place = place;
  }
}

/** All that is known to be evaluated, in the order of the walk. What is in a set is known once it is entered. */
export class Outline {
  readonly first: Unit | undefined;
  readonly #units = new Map<string, Unit>();

  /** @param ids the installables */
  constructor(ids: readonly number[]) {
    this.first = this.#chain(ids.map((id) => ({ id, path: null })));
  }

  /** An installable's value is the same unit as looking it up. Undefined for what nobody has named. */
  at(place: WalkPlace): Unit | undefined {
    return this.#units.get(keyOf(place));
  }

  /** A set is entered; that is heard once more by who did the same at the same time. */
  enter({ id, path }: WalkPlace, names: readonly string[]): void {
    const set = this.at({ id, path });
    const places = names.map((name) => ({ id, path: [...(path ?? []), name] }));
    const [some] = places;
    if (set === undefined || some === undefined || this.at(some) !== undefined) return;
    set.next = this.#chain(places, set.next);
  }

  /** What comes directly after a unit and is free. */
  freeAfter(unit: Unit): readonly Unit[] {
    const found: Unit[] = [];
    for (let each = unit.next; each && isFree(each); each = each.next) found.push(each);
    return found;
  }

  /** All that is free. */
  free(): readonly Unit[] {
    const found: Unit[] = [];
    for (let each = this.first; each; each = each.next) if (isFree(each)) found.push(each);
    return found;
  }

  #chain(places: readonly WalkPlace[], end?: Unit): Unit | undefined {
    return places.reduceRight<Unit | undefined>((next, place) => {
      const unit = new Unit(place);
      unit.next = next;
      this.#units.set(keyOf(place), unit);
      return unit;
    }, end);
  }
}

/** Whether who walks on to a unit is of no use any more: others did what comes now, or are ahead. */
export function isCovered({ state, by }: Unit, walker: Evaluating): boolean {
  if (state === 'done' || state === 'set-aside') return true;
  return by !== undefined && by !== walker && by.isUnderWay;
}

/** Nobody has begun it, or is about to. */
export function isFree({ state, by }: Unit): boolean {
  return state === 'pending' && by === undefined;
}

function keyOf({ id, path }: WalkPlace): string {
  return JSON.stringify([id, ...(path ?? [])]);
}
