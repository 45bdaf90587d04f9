import type { OutcomeStatus } from '../domain/outcome.ts';
import type { DrvPath } from '../domain/store-path.ts';
import type { TakeOver } from '../offload/take-over.ts';
import type { LocalStore } from '../store/local-store.ts';
import type { SignatureCheck } from '../store/store.ts';
import type { CopyInputs } from './copy-inputs.ts';
import type { BuildOptions } from './daemon-options.ts';
import type { Clock } from './events.ts';
import type { Remote } from './remote.ts';

/** A derivation that was built elsewhere for a client of the offload socket. */
export interface OffloadedBuild {
  readonly drvPath: DrvPath;
  /** Undefined where nothing was built for it. */
  readonly seconds: number | undefined;
  readonly status: OutcomeStatus;
}

export interface OffloadOptions {
  /** The remote as it is now; waits for a connection where the last one was lost, and rejects when none can be had. */
  readonly remote: (signal: AbortSignal) => Promise<Remote>;
  /** A further session with the local store. */
  readonly openLocal: () => Promise<LocalStore>;
  /** How outputs are imported. */
  readonly importCheck: SignatureCheck;
  /** What the step was given as inputs: in force where a client asks for nothing else. */
  readonly options: BuildOptions;
  readonly copyInputs: CopyInputs;
  /** The runner's own Nix settings: a client that sends these has asked for nothing. Undefined if they could not be read. */
  readonly localSettings: () => Promise<ReadonlyMap<string, string> | undefined>;
  /** An existing folder of the step's own. */
  readonly temporaryDirectory: string;
  readonly clock: Clock;
  /** Told when a client's request is answered, once for each derivation that was asked for or built. */
  readonly onBuild: (build: OffloadedBuild) => void;
  /** Told what is worth a line in the log. */
  readonly onNotice: (text: string) => void;
}

/** Has build requests of the offload socket's clients built by a remote. */
export function offloadTo(_options: OffloadOptions): TakeOver {
  return () => Promise.resolve({ kind: 'pass' });
}
