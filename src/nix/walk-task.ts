import type { NixError } from './log-line.ts';
import type { WalkPlace } from './walk-events.ts';
import type { OnDerivation } from './walk-ledger.ts';
import type { WalkItem } from './walk-program.ts';
import type { WalkRoot } from './walk.ts';

/** An item to be walked, before anything is known of it. */
export type FreshItem = Omit<WalkItem, 'from'>;

/** What is to be walked. */
export interface WalkTask {
  readonly root: WalkRoot;
  readonly systems: readonly string[];
  readonly items: readonly FreshItem[];
  readonly onDerivation?: OnDerivation;
}

/** What keeps a walk from being one. */
export type WalkStop =
  /** The root was refused: see `WalkRequest.requirePure`. */
  | { readonly kind: 'impure' }
  /** Evaluating the root itself failed. */
  | { readonly kind: 'unreached'; readonly error: NixError };

/** What is to be walked from a place on. */
export function itemsFrom(items: readonly FreshItem[], { id, path }: WalkPlace): WalkItem[] {
  const index = items.findIndex((item) => item.id === id);
  return items.slice(index).map((item) => ({ ...item, from: item.id === id ? (path ?? []) : [] }));
}
