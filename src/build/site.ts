import type { System } from '../domain/system.ts';
import type { SshConnection } from '../ssh/connection.ts';
import type { WorkerProgram } from '../ssh/worker-channel.ts';
import type { SignatureCheck, Store } from '../store/store.ts';
import type { EvaluationStore } from './evaluation-store.ts';
import type { BuildPlace } from './place.ts';

/** A place that is ready to build. */
export interface Connected {
  readonly place: BuildPlace;
  /** The session that builds, its options delivered. */
  readonly session: Store;
  /** A session to copy outputs back, over another connection where one was lost; undefined where what is built is in the local store. The signal ends waiting for that. */
  readonly openSession: ((signal: AbortSignal) => Promise<Store>) | undefined;
  /** How Nix itself reaches it; undefined for the local store. */
  readonly way?: Way | undefined;
  /** Over all connections with it. */
  readonly traffic: Traffic;
  /**
   * One more session there, over another connection where this one was lost. Undefined for a place that cannot be lost.
   * @throws ActionError when none can be had; `cancelled` when the signal fires
   */
  readonly again: ((signal: AbortSignal) => Promise<Connected>) | undefined;
}

/** A remote store, for who opens channels to it himself. */
export interface Way {
  /** The connection as it is now; after a loss, as soon as there is one again. */
  readonly connection: (signal: AbortSignal) => Promise<SshConnection>;
  /** What serves the worker protocol there. */
  readonly program: WorkerProgram;
}

/** Bytes over the runner's link so far, SSH's own included. */
export interface Traffic {
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

/** What is known of places of building as they come up. What fails is told once, by whoever waits for it first. */
export interface Site {
  /** All that can be had; never empty. */
  readonly connected: Promise<readonly [Connected, ...Connected[]]>;
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
  /** What the places themselves say, once that is known; empty where they say nothing. */
  readonly offered: Promise<readonly System[]>;
}
