import type { AttrPath } from '../domain/attr-path.ts';
import type { Position } from '../domain/position.ts';
import type { NixError } from './log-line.ts';
import type { WalkDerivation, WalkEvent, WalkMiss, WalkPlace } from './walk-events.ts';

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
  /** In the order of the walk. */
  readonly entries: WalkEntry[];
}

/** A failure whose message is not known yet. */
export interface Unexplained {
  readonly place: WalkPlace;
  readonly explain: (error: NixError) => void;
}

/** Puts together what the processes of a walk report. */
export class WalkReport {
  /** Systems that there are attributes for, and that were not asked for. */
  readonly passedOver = new Set<string>();
  readonly #items = new Map<number, ItemReport>();
  readonly #unexplained = new Map<string, Unexplained>();
  /** Begun and not ended: what a process that dies now died of. */
  #current: { place: WalkPlace; definition: Position | undefined; known: boolean } | undefined;

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

  /** Reads the events of one process, in order. */
  add(events: readonly WalkEvent[]): void {
    this.#current = undefined;
    for (const event of events) {
      this.#addOne(event);
    }
  }

  /**
   * Charges the failure that ended a process to the attribute it was at.
   * @returns the place to go on after; `finished` if the process had walked to the end; `undefined` if it was at no attribute.
   */
  fail(error: NixError): WalkPlace | 'finished' | undefined {
    const current = this.#current;
    if (current === undefined) return undefined;
    if (current.known) {
      this.#explain(current.place, error);
      return 'finished';
    }
    this.#addFailure(current.place, error, current.definition);
    return current.place;
  }

  #addOne(event: WalkEvent): void {
    switch (event.event) {
      case 'begin':
        this.#current = { place: event.place, definition: event.position, known: false };
        return;
      case 'explain':
        this.#current = { place: event.place, definition: undefined, known: true };
        return;
      case 'caught':
        this.#addFailure(event.place, undefined, this.#current?.definition);
        break;
      case 'found':
        this.item(event.id).attrPath = event.attrPath;
        break;
      case 'missing':
        this.item(event.id).misses = event.misses;
        break;
      case 'derivation':
      case 'other':
        this.#addEntry(event);
        break;
      case 'passed-over':
        for (const system of event.systems) this.passedOver.add(system);
        return;
      case 'set':
      case 'end':
      case 'impure':
        break;
    }
    this.#current = undefined;
  }

  // Below the item itself, what is neither derivation nor set is passed over, as nix-eval-jobs does.
  #addEntry(event: WalkEvent & { event: 'derivation' | 'other' }): void {
    const path = event.place.path ?? [];
    const { entries } = this.item(event.place.id);
    if (event.event === 'derivation') {
      entries.push({ path, kind: 'derivation', derivation: event.derivation });
    } else if (path.length === 0) {
      entries.push({ path, kind: 'other', type: event.type });
    }
  }

  #addFailure(
    place: WalkPlace,
    error: NixError | undefined,
    definition: Position | undefined,
  ): void {
    const item = this.item(place.id);
    const entry = { path: place.path ?? [], kind: 'failed' as const, error, definition };
    if (place.path === null) item.lookup = entry;
    else item.entries.push(entry);
    if (error === undefined) {
      const explain = (found: NixError): void => void (entry.error = found);
      this.#unexplained.set(keyOf(place), { place, explain });
    }
  }

  #explain(place: WalkPlace, error: NixError): void {
    this.#unexplained.get(keyOf(place))?.explain(error);
    this.#unexplained.delete(keyOf(place));
  }
}

function keyOf(place: WalkPlace): string {
  return JSON.stringify([place.id, place.path]);
}
