import type { DrvPath, StorePath } from '../domain/store-path.ts';

/** How a derivation's build ended, as far as that is known before its results are. */
export type BuildVerdict = 'built' | 'failed' | 'unknown';

/** What is known of one derivation's build. */
export interface BuildRecord {
  readonly drvPath: DrvPath;
  /** Seconds on the step's clock. */
  readonly startedAt: number;
  /** Undefined where its end was not heard of. */
  readonly seconds: number | undefined;
  readonly verdict: BuildVerdict;
  /** Who built it, for people. */
  readonly builder: string | undefined;
  /** The last phase that it told of. */
  readonly phase: string | undefined;
  /** The end of its log; empty of one that was built. */
  readonly lastLines: readonly string[];
}

/** Build inputs that stayed where they are. */
export interface InputsKept {
  readonly paths: number;
  /** Of their NARs, as far as sizes are known. */
  readonly bytes: number;
}

/** What happened while a step built. */
export interface BuildHistory {
  /** In the order in which they were begun. */
  readonly builds: readonly BuildRecord[];
  /** The builds, each needing the one before it, that took longest together. */
  readonly criticalPath: readonly DrvPath[];
  /** Which failed derivation kept another from being built, by that other, as far as it was found. */
  readonly causes: ReadonlyMap<DrvPath, DrvPath>;
  /** Bytes of NARs, by path, as far as they are known. */
  readonly sizes: ReadonlyMap<StorePath, number>;
  /** What builds needed and the runner has not: undefined where the runner's own store builds. */
  readonly kept: InputsKept | undefined;
}

export const NO_HISTORY: BuildHistory = {
  builds: [],
  criticalPath: [],
  causes: new Map(),
  sizes: new Map(),
  kept: undefined,
};
