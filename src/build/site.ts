import type { System } from '../domain/system.ts';
import type { NixSettings } from '../nix/settings.ts';
import type { SignatureCheck, Store } from '../store/store.ts';
import type { EvaluationStore } from './evaluation-store.ts';
import type { BuildPlace } from './place.ts';

/** A place that is ready to build. */
export interface Connected {
  readonly place: BuildPlace;
  /** The session that builds, its options delivered. */
  readonly session: Store;
}

/** What is known of a place of building as it comes up. What fails is told once, by whoever waits for it first. */
export interface Site {
  readonly connected: Promise<Connected>;
  /** The way to the local store that evaluation takes. */
  readonly store: Promise<EvaluationStore>;
  readonly systems: SiteSystems;
  /** How outputs are imported; undefined where none are copied back. */
  readonly importCheck: Promise<SignatureCheck | undefined>;
}

/** What can be built there. */
export interface SiteSystems {
  /** As the user has it; empty where that is left to the place. */
  readonly named: readonly System[];
  /** What the place itself says, once that is known. */
  readonly settings: Promise<NixSettings | undefined>;
}
