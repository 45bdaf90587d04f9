import type { BuildStatus } from './build-result.ts';
import type { ActionError } from './errors.ts';
import type { Position } from './position.ts';
import type { DrvPath, StorePath } from './store-path.ts';
import type { OutputDifference } from './tree-difference.ts';

/** How an attribute ended. The words are those of the `results` output. */
export type OutcomeStatus =
  /** Built now. */
  | 'built'
  /** Fetched by the remote from its substituters. */
  | 'substituted'
  /** Was valid on the remote before. */
  | 'cached'
  | 'failed'
  | 'dependency-failed'
  | 'timed-out'
  | 'not-deterministic'
  | 'unsupported-system'
  | 'evaluation-failed'
  | 'connection-lost'
  /** Never finished, because something else failed or the job was cancelled. */
  | 'cancelled';

/** What became of one attribute. */
export interface Outcome {
  /** As the user wrote it. */
  readonly installable: string;
  /** The attribute's path, as Nix prints it. */
  readonly attribute: string;
  readonly system: string | undefined;
  readonly drvPath: DrvPath | undefined;
  /** The wanted outputs whose paths are known. */
  readonly outputs: ReadonlyMap<string, StorePath>;
  readonly status: OutcomeStatus;
  /** Label of the store that built it. */
  readonly remote: string | undefined;
  /** Seconds its own build took; undefined if it was not built. */
  readonly seconds: number | undefined;
  /** Whether its outputs are valid in the local store because they were asked for. */
  readonly copied: boolean;
  readonly error: ActionError | undefined;
  /** Of outputs that came out otherwise when they were built again. */
  readonly differences?: readonly OutputDifference[] | undefined;
  /** Where the failure may be in Nix code, most telling first; of what was evaluated, where it is defined. */
  readonly positions: readonly Position[];
}

const VERDICTS: Readonly<Record<OutcomeStatus, 'good' | 'bad'>> = {
  built: 'good',
  substituted: 'good',
  cached: 'good',
  failed: 'bad',
  'dependency-failed': 'bad',
  'timed-out': 'bad',
  'not-deterministic': 'bad',
  'unsupported-system': 'bad',
  'evaluation-failed': 'bad',
  'connection-lost': 'bad',
  cancelled: 'bad',
};

/** Whether the attribute's outputs exist on the remote. */
export function isGood(status: OutcomeStatus): boolean {
  return VERDICTS[status] === 'good';
}

export function isOutcomeStatus(text: string): text is OutcomeStatus {
  return Object.hasOwn(VERDICTS, text);
}

// 2.8.0 to 2.29, 2.30 to 2.33, and 2.34 say in three ways that no machine fits; with max-jobs = 0, in two others.
const UNSUPPORTED =
  /but I am a '|required system or feature not available|platform mismatch|missing system features|unable to start any build|local builds are disabled/i;

/**
 * What a daemon's status means for the attribute that asked.
 *
 * Without keep-going, goals that never ran because another failed are missing from the answer (Nix 2.34) or are failures
 * without a text (before): both are `cancelled` here.
 */
export function outcomeStatus(status: BuildStatus, errorMessage: string): OutcomeStatus {
  switch (status) {
    case 'built':
      return 'built';
    case 'substituted':
      return 'substituted';
    case 'already-valid':
    case 'resolves-to-already-valid':
      return 'cached';
    case 'timed-out':
      return 'timed-out';
    case 'not-deterministic':
      return 'not-deterministic';
    case 'dependency-failed':
      return 'dependency-failed';
    case 'permanent-failure':
    case 'input-rejected':
    case 'output-rejected':
    case 'transient-failure':
    case 'cached-failure':
    case 'misc-failure':
    case 'log-limit-exceeded':
    case 'no-substituters':
      if (errorMessage === '') return 'cancelled';
      return UNSUPPORTED.test(errorMessage) ? 'unsupported-system' : 'failed';
  }
}
