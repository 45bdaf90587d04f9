import type { StorePath } from './store-path.ts';

/** Whether the daemon lets us add unsigned paths; `unknown` below protocol 1.35. */
export type Trust = 'trusted' | 'untrusted' | 'unknown';

/** What a daemon says of itself when a session opens. */
export interface Greeting {
  /** What both sides speak, the lower of the two versions: `major << 8 | minor`. */
  readonly protocolVersion: number;
  /** Since protocol 1.33. */
  readonly nixVersion: string | undefined;
  readonly trust: Trust;
}

/** Whether the daemon may fetch from its substituters to answer. */
export type Substitution = 'substitute' | 'no-substitute';

/** Whether the receiving store is asked to accept unsigned paths (only a trusted client is heard). */
export type SignatureCheck = 'check-signatures' | 'no-signature-check';

/** What becomes of a path to be added that is valid already: it is kept as it is, or its files are replaced. */
export type Repair = 'keep' | 'repair';

/** What QueryMissing answers. */
export interface Missing {
  readonly willBuild: readonly StorePath[];
  readonly willSubstitute: readonly StorePath[];
  readonly unknown: readonly StorePath[];
  /** Bytes. */
  readonly downloadSize: number;
  readonly narSize: number;
}

/** Options of op SetOptions. It has no "leave alone": every field is sent, so every field must be known. */
export interface DaemonOptions {
  readonly keepFailed: boolean;
  readonly keepGoing: boolean;
  readonly tryFallback: boolean;
  /** Nix's verbosity, 0 (error) to 7 (vomit); 3 is what Nix uses by default. */
  readonly verbosity: number;
  /** Whether the client is sent what builders print, which is Nix's default; else only failures quote it. */
  readonly verboseBuild: boolean;
  readonly maxBuildJobs: number;
  /** Seconds; 0 is no limit. */
  readonly maxSilentTime: number;
  /** 0 is all cores. */
  readonly buildCores: number;
  readonly useSubstitutes: boolean;
  readonly overrides: ReadonlyMap<string, string>;
}
