import type { Store } from '../store/store.ts';
import type { MachineLoss } from './machine-failures.ts';
import type { InputSending } from './upload.ts';

/** Where a step builds: a remote store, or the local store with machines as its builders. */
export interface BuildPlace {
  /** For people. */
  readonly label: string;
  /** How inputs get there. */
  readonly inputs: Omit<InputSending, 'copyInputs'>;
  /** A further session, to copy outputs back; undefined where what is built is in the local store. */
  readonly openSession: (() => Promise<Store>) | undefined;
  /** Who built what its daemon says was built on a machine (empty: on its own, undefined: nowhere). */
  readonly builderOf: (machine: string | undefined) => string | undefined;
  /** Of the connection to a machine, as its daemon calls that; undefined if there was none. */
  readonly lossOf: (machine: string) => MachineLoss | undefined;
  /** Nix's texts as people are to read them: with the machines' own names. */
  readonly rename: (text: string) => string;
  /** What to do where a machine, by its daemon's name, refuses something to the user who is logged in there. */
  readonly trustRemedy: (machine: string) => string | undefined;
  /** Settles only if nothing can be built there any more, with the reason. */
  readonly lost: Promise<Error>;
  /** Over the runner's link, SSH's own included. */
  readonly bytesSent: number;
  readonly bytesReceived: number;
  close(): void;
}
