import type { ActionError } from '../domain/errors.ts';
import type { Installable } from '../domain/installable.ts';
import type { Kept } from '../domain/kept.ts';
import type { Machine } from '../domain/machine.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { RemoteStoreUri } from '../domain/store-uri.ts';
import type { System } from '../domain/system.ts';
import type { RunnerNix } from '../nix/install/runner-nix.ts';
import type { GivenConf } from '../nix/nix-conf.ts';
import type { EvaluationSource } from '../nix/walk-root.ts';
import type { PipeProgram } from '../tunnel/launcher.ts';
import type { Mode } from '../plan/evidence.ts';
import type { Prediction } from '../plan/predict.ts';
import type { Access } from './access.ts';
import type { BuildHistory } from './build-record.ts';
import type { CopyInputs } from './copy-inputs.ts';
import type { CopySelection } from './copy-selection.ts';
import type { BuildOptions } from './daemon-options.ts';
import type { PushReport, PushRequest } from './push/push-request.ts';
import type { Clock, Observe, Phase } from './events.ts';

/** Remotes that build. */
export type RemoteDestination =
  /** These, each for what it can build; never empty. */
  | { readonly mode: 'remote-store'; readonly stores: readonly RemoteStoreUri[] }
  /** The local store, with these as its builders. */
  | { readonly mode: 'builders'; readonly machines: readonly Machine[] };

/** Remotes that build as stores or as builders, as evidence has it. */
export interface AutoDestination {
  readonly mode: 'auto';
  /** Those of the machines that are stores, too; at least one. */
  readonly stores: readonly RemoteStoreUri[];
  readonly machines: readonly Machine[];
}

/** Which store builds, and with whose help. */
export type Destination =
  | RemoteDestination
  | AutoDestination
  /** The local store alone, for a reason that is a sentence without its full stop. */
  | { readonly mode: 'local'; readonly reason: string };

/** What a step is asked to do. */
export interface StepRequest {
  readonly source: EvaluationSource;
  readonly installables: readonly Installable[];
  readonly evalArgs: readonly string[];
  readonly system: System | undefined;
  readonly workingDirectory: string;
  readonly destination: Destination;
  readonly copy: CopySelection;
  readonly copyInputs: CopyInputs;
  /** Prefix of links to copied outputs; empty for none. */
  readonly outLink: string;
  readonly options: BuildOptions;
  /** Whether all is built again, and compared. */
  readonly rebuild: boolean;
  /** Seconds that outputs are kept where they were built; undefined: only while the step runs. */
  readonly retain: number | undefined;
  /** Where outputs go; undefined: nowhere. */
  readonly push: PushRequest | undefined;
  readonly nixConf: GivenConf;
}

/** Where a step runs. */
export interface StepContext {
  readonly access: Access;
  /** Whom the step runs as; also whom it logs in as where the store's URI names nobody. */
  readonly user: string;
  /** Environment of every child: allow-listed, and marked. */
  readonly env: Readonly<Record<string, string>>;
  readonly runnerSystem: System;
  /** A word that runners have in common which are alike: what took long on one takes long on the other. */
  readonly runnerKind: string;
  /** What joins Nix to a tunnel. */
  readonly pipe: PipeProgram;
  readonly logDirectory: string;
  /** An existing folder of the step's own. */
  readonly temporaryDirectory: string;
  /** Where folders with sockets are made: not in anything that Nix might copy. */
  readonly socketDirectory: string;
  /** What `env` leads to; to be waited for by who runs Nix. */
  readonly nix: RunnerNix;
  readonly kept: Kept;
  readonly observe: Observe;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** What a step did. */
export interface StepReport {
  readonly mode: Mode;
  /** Why this mode, as a sentence without its full stop; undefined where nothing had to be decided. */
  readonly reason: string | undefined;
  /** What was expected of each possible mode; empty where that did not matter. */
  readonly predictions: readonly Prediction[];
  /** Where it was built, for people. */
  readonly remote: string;
  readonly outcomes: readonly Outcome[];
  /** What went wrong after good builds: copies, links. */
  readonly problems: readonly ActionError[];
  /** How pushing ended, by store. */
  readonly pushes: readonly PushReport[];
  /** Bytes over the link to the remote, SSH's own included. */
  readonly bytesUploaded: number;
  readonly bytesDownloaded: number;
  readonly seconds: ReadonlyMap<Phase, number>;
  /** Of the whole step. */
  readonly wallSeconds: number;
  /** What was evaluated. */
  readonly source: EvaluationSource;
  readonly history: BuildHistory;
}
