import type { Offer } from '../plan/route.ts';
import type { MachineLoss } from './machine-failures.ts';
import type { InputSending } from './upload.ts';

/** Where a step builds: a remote store, or the local store with machines as its builders. */
export interface BuildPlace {
  /** For people. */
  readonly label: string;
  /** What can be built there, for who chooses among several places. */
  readonly offer: () => Promise<Offer>;
  /** How inputs get there. */
  readonly inputs: Omit<InputSending, 'copyInputs'>;
  /** Who built what its daemon says was built on a machine (empty: on its own, undefined: nowhere). */
  readonly builderOf: (machine: string | undefined) => string | undefined;
  /** Of the connection to a machine, as its daemon calls that; undefined if there was none. */
  readonly lossOf: (machine: string) => MachineLoss | undefined;
  /** Nix's texts as people are to read them: with the machines' own names. */
  readonly rename: (text: string) => string;
  /** What to do where a machine, by its daemon's name, refuses something to the user who is logged in there. */
  readonly trustRemedy: (machine: string) => string | undefined;
  /**
   * The NAR of what is in its store, valid or not; undefined where such a program cannot be run.
   * @throws ActionError of the connection
   */
  readonly dump?: (path: string, signal: AbortSignal) => Promise<AsyncIterable<Buffer>>;
  /** Settles only if nothing can be built there any more, with the reason. */
  readonly lost: Promise<Error>;
  close(): void;
}
