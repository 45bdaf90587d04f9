import type { DerivedPath } from './derived-path.ts';
import type { StorePath } from './store-path.ts';

/** Nix's `BuildResult::Status` by its wire numbers 0 to 14 (13 and 14 exist since protocol 1.34 or so). */
export const BUILD_STATUSES = [
  'built',
  'substituted',
  'already-valid',
  'permanent-failure',
  'input-rejected',
  'output-rejected',
  'transient-failure',
  'cached-failure',
  'timed-out',
  'misc-failure',
  'dependency-failed',
  'log-limit-exceeded',
  'not-deterministic',
  'resolves-to-already-valid',
  'no-substituters',
] as const;

export type BuildStatus = (typeof BUILD_STATUSES)[number];

/** What a daemon answers for one requested path. */
export interface BuildResult {
  readonly path: DerivedPath;
  readonly status: BuildStatus;
  /** Nix's own text, empty on success. */
  readonly errorMessage: string;
  readonly timesBuilt: number;
  /** Whether it was built several times with different outputs. */
  readonly isNonDeterministic: boolean;
  /** Seconds since 1970; 0 when the daemon did not say (2.34.8 leaves them 0). */
  readonly startTime: number;
  readonly stopTime: number;
  /** Microseconds of processor time that the builder took; undefined when the daemon did not say. */
  readonly cpuUser: number | undefined;
  readonly cpuSystem: number | undefined;
  /** Output name → path, as the daemon realised them. */
  readonly outputs: ReadonlyMap<string, StorePath>;
  /** Realisations as JSON texts by their id `sha256:…!out`, for RegisterDrvOutput. */
  readonly realisations: ReadonlyMap<string, string>;
}

/** Nix's `BuildMode` by its wire numbers. `check` builds again and compares. */
export const BUILD_MODES = ['normal', 'repair', 'check'] as const;

export type BuildMode = (typeof BUILD_MODES)[number];
