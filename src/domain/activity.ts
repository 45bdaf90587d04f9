/** Ids are (pid << 32) + n and pass 2^53: never a `number`. */
export type ActivityId = bigint;

export type ActivityField = bigint | string;

/** What a daemon tells while it works on an operation (Nix's `Logger`). */
export type DaemonEvent =
  | {
      readonly kind: 'start';
      readonly id: ActivityId;
      readonly level: number;
      readonly type: number;
      readonly text: string;
      readonly fields: readonly ActivityField[];
      readonly parent: ActivityId;
    }
  | { readonly kind: 'stop'; readonly id: ActivityId }
  | {
      readonly kind: 'result';
      readonly id: ActivityId;
      readonly type: number;
      readonly fields: readonly ActivityField[];
    }
  /** A line of plain log text; may hold ANSI colours. */
  | { readonly kind: 'message'; readonly text: string };

/**
 * Hears events in order. While a promise of its is pending it is told nothing more and nothing else is read from that session, so that the
 * daemon has to wait; it must not wait for an answer of the same session itself.
 */
export type DaemonListener = (event: DaemonEvent) => void | Promise<void>;

/** Activity types of `start` events that this project reads (logging.hh). */
export const ACTIVITY = {
  copyPath: 100,
  fileTransfer: 101,
  realise: 102,
  copyPaths: 103,
  builds: 104,
  /** fields: drvPath, machine ("" = the daemon's own), 1, 1 */
  build: 105,
  /** fields: store path, substituter */
  substitute: 108,
  buildWaiting: 111,
} as const;

/** Result types of `result` events that this project reads. */
export const RESULT = {
  buildLogLine: 101,
  setPhase: 104,
  progress: 105,
  postBuildLogLine: 107,
} as const;
