import type { AttrPath } from '../domain/attr-path.ts';
import type { Position } from '../domain/position.ts';
import type { NixError } from './log-line.ts';
import type { WalkDerivation, WalkEvent, WalkMiss, WalkPlace } from './walk-events.ts';
import { inWalkOrder } from './walk-order.ts';

/** What is known of one attribute below an item. */
export type WalkEntry = { readonly path: AttrPath } & (
  | { readonly kind: 'derivation'; readonly derivation: WalkDerivation }
  | { readonly kind: 'other'; readonly type: string }
  | {
      readonly kind: 'failed';
      /** `undefined` as long as only tryEval knows of the failure. */
      error: NixError | undefined;
      /** Where the attribute is defined. */
      readonly definition: Position | undefined;
    }
);

/** What is known of one item. */
export interface ItemReport {
  /** The path that exists, once it is known. */
  attrPath: AttrPath | undefined;
  /** Set if no candidate exists. */
  misses: readonly WalkMiss[] | undefined;
  /** Set if looking it up failed; its `path` says nothing. */
  lookup: (WalkEntry & { kind: 'failed' }) | undefined;
  /** In the order of the walk once that has ended. */
  readonly entries: WalkEntry[];
}

/** Events that tell what came of an attribute. */
export type WalkResult = Extract<
  WalkEvent,
  { readonly event: 'caught' | 'found' | 'missing' | 'derivation' | 'set' | 'other' }
>;

/** A failure whose message is not known yet. */
export interface Unexplained {
  readonly place: WalkPlace;
  readonly explain: (error: NixError) => void;
}

/** What all processes of a walk have found out. Of what two of them evaluated, what came first counts. */
export class WalkReport {
  /** Systems that there are attributes for, and that were not asked for. */
  readonly passedOver = new Set<string>();
  readonly #items = new Map<number, ItemReport>();
  readonly #known = new Set<string>();
  readonly #unexplained = new Map<string, Unexplained>();

  item(id: number): ItemReport {
    const known = this.#items.get(id);
    if (known !== undefined) return known;
    const fresh = { attrPath: undefined, misses: undefined, lookup: undefined, entries: [] };
    this.#items.set(id, fresh);
    return fresh;
  }

  get unexplained(): readonly Unexplained[] {
    return [...this.#unexplained.values()];
  }

  /**
   * Takes a result.
   * @param definition where the attribute that it is about is defined
   * @returns what is newly known to be a derivation
   */
  add(event: WalkResult, definition: Position | undefined): WalkEntry | undefined {
    switch (event.event) {
      case 'caught':
        this.fail(event.place, undefined, definition);
        return undefined;
      case 'found':
        this.item(event.id).attrPath = event.attrPath;
        return undefined;
      case 'missing':
        this.item(event.id).misses = event.misses;
        return undefined;
      case 'derivation':
      case 'other':
        return this.#addEntry(event);
      case 'set':
        return undefined;
    }
  }

  /** @param error undefined if only tryEval knows of it yet */
  fail(place: WalkPlace, error: NixError | undefined, definition: Position | undefined): void {
    if (this.#isKnown(place)) return;
    const item = this.item(place.id);
    const entry = { path: place.path ?? [], kind: 'failed' as const, error, definition };
    if (place.path === null) item.lookup = entry;
    else item.entries.push(entry);
    if (error === undefined) {
      const explain = (found: NixError): void => void (entry.error = found);
      this.#unexplained.set(keyOf(place), { place, explain });
    }
  }

  explain(place: WalkPlace, error: NixError): void {
    this.#unexplained.get(keyOf(place))?.explain(error);
    this.#unexplained.delete(keyOf(place));
  }

  /** Puts what several processes found at the same time into the order in which one would have found it. */
  sort(): void {
    for (const { entries } of this.#items.values()) {
      entries.sort((a, b) => inWalkOrder(a.path, b.path));
    }
  }

  // Below the item itself, what is neither derivation nor set is passed over, as nix-eval-jobs does.
  #addEntry(event: WalkEvent & { event: 'derivation' | 'other' }): WalkEntry | undefined {
    if (this.#isKnown(event.place)) return undefined;
    const path = event.place.path ?? [];
    const { entries } = this.item(event.place.id);
    if (event.event === 'other') {
      if (path.length === 0) entries.push({ path, kind: 'other', type: event.type });
      return undefined;
    }
    const entry: WalkEntry = { path, kind: 'derivation', derivation: event.derivation };
    entries.push(entry);
    return entry;
  }

  #isKnown(place: WalkPlace): boolean {
    const key = keyOf(place);
    if (this.#known.has(key)) return true;
    this.#known.add(key);
    return false;
  }
}

function keyOf(place: WalkPlace): string {
  return JSON.stringify([place.id, place.path]);
}
