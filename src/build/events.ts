import type { Answers } from '../diagnose/preflight/findings.ts';
import type { ActionError } from '../domain/errors.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Mode } from '../plan/evidence.ts';
import type { DrvPath } from '../domain/store-path.ts';
import type { BuildProgress } from './build-verdicts.ts';
import type { BuildVerdict } from './build-record.ts';

/** The parts of a step whose wall time is reported; some overlap. Uploading is part of `build`, too. */
export type Phase = 'connect' | 'evaluate' | 'upload' | 'build' | 'rebuild' | 'push' | 'copy-back';

/** What happens in a step, for whoever shows it. */
export type StepEvent =
  | { readonly kind: 'phase-started'; readonly phase: Phase }
  | { readonly kind: 'phase-ended'; readonly phase: Phase; readonly seconds: number }
  | {
      readonly kind: 'connected';
      readonly remote: string;
      readonly detail: string;
      /** What it told of itself by the way. */
      readonly answers?: Omit<Answers, 'isConnected'>;
    }
  /** Nothing is to be had of a remote. */
  | {
      readonly kind: 'remote-failed';
      readonly remote: string;
      /** Whether SSH had let us in. */
      readonly isConnected: boolean;
      readonly error: ActionError;
    }
  | { readonly kind: 'evaluation-log'; readonly line: string }
  | {
      readonly kind: 'evaluated';
      readonly attributes: number;
      readonly failed: number;
      /** Systems that there are attributes for, and that the remote does not offer. */
      readonly passedOver: readonly string[];
    }
  /** Why this evaluation has to be done, whatever earlier runs have left. */
  | { readonly kind: 'not-skipped'; readonly why: string }
  /** All attributes are as an earlier run evaluated them, and built. */
  | { readonly kind: 'unchanged'; readonly attributes: number }
  /** By evidence, in mode auto. */
  | { readonly kind: 'mode-chosen'; readonly mode: Mode; readonly reason: string }
  | {
      readonly kind: 'uploading';
      readonly paths: number;
      readonly bytes: number;
      /** How many of the paths are derivations; the others are sources and inputs. */
      readonly derivations?: number | undefined;
    }
  | { readonly kind: 'to-build'; readonly attributes: number; readonly cached: number }
  | {
      readonly kind: 'build-started';
      readonly drvPath: DrvPath;
      /** Who builds it, as its daemon says; empty for that daemon itself. */
      readonly machine?: string | undefined;
      /** The same for people, where the place is known. */
      readonly builder?: string | undefined;
    }
  | { readonly kind: 'build-phase'; readonly drvPath: DrvPath; readonly phase: string }
  | { readonly kind: 'build-log'; readonly drvPath: DrvPath; readonly line: string }
  | {
      readonly kind: 'build-stopped';
      readonly drvPath: DrvPath;
      readonly seconds: number;
      readonly verdict?: BuildVerdict | undefined;
      /** How many builds of this session have ended, and how many there are, as far as its daemon knows. */
      readonly progress?: BuildProgress | undefined;
    }
  /** A path that whoever builds fetched instead of building it. */
  | { readonly kind: 'substituted'; readonly path: string; readonly from: string }
  | { readonly kind: 'daemon-message'; readonly text: string }
  | { readonly kind: 'copying'; readonly paths: number; readonly bytes: number }
  | { readonly kind: 'attribute-done'; readonly outcome: Outcome }
  /** For the log. */
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'notice' | 'warning'; readonly text: string };

/** Hears what happens; must not throw. */
export type Observe = (event: StepEvent) => void;

/** Seconds on a clock that never goes back. */
export type Clock = () => number;
