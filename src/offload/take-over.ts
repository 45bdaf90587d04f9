import type { DaemonEvent } from '../domain/activity.ts';
import type { BuildMode, BuildResult } from '../domain/build-result.ts';
import type { DaemonOptions } from '../domain/daemon.ts';
import type { DerivedPath } from '../domain/derived-path.ts';
import type { Store } from '../store/store.ts';

/** BuildPaths or BuildPathsWithResults, as a client of the socket asks for it. */
export interface BuildRequest {
  readonly operation: 'BuildPaths' | 'BuildPathsWithResults';
  readonly paths: readonly DerivedPath[];
  readonly mode: BuildMode;
}

/** Who waits for an answer. */
export interface OffloadClient {
  /** The client's own session with the local store: its settings hold there, and its temporary roots live as long as it does. Not to be closed. */
  readonly store: Store;
  /** What the client last sent by SetOptions. */
  readonly options: DaemonOptions | undefined;
  /** Tells the client of an activity or a message. A promise is to be waited for before more is told: the client reads slowly. */
  readonly hear: (event: DaemonEvent) => Promise<void> | undefined;
  /** Aborts when the client is gone. */
  readonly signal: AbortSignal;
}

/** What the client is told. */
export type Answer =
  /** The request goes to the local store as it came. */
  | { readonly kind: 'pass' }
  /** All of it is there: what BuildPaths answers. */
  | { readonly kind: 'built' }
  | { readonly kind: 'results'; readonly results: readonly BuildResult[] }
  /** Nix's own words, colours and traces included. */
  | { readonly kind: 'error'; readonly message: string; readonly traces?: readonly string[] };

/**
 * Answers a client's build request. What it throws becomes the client's error: an ActionError's message and hint.
 */
export type TakeOver = (request: BuildRequest, client: OffloadClient) => Promise<Answer>;
