import type { DaemonOptions } from '../domain/daemon.ts';
import { OP } from '../protocol/op.ts';
import {
  type BuildPathsRequest,
  readBuildRequest,
  readSetOptions,
  skipRequest,
} from '../protocol/requests.ts';
import type { Decoding, WireReader } from '../protocol/wire-reader.ts';
import type { BuildRequest } from './take-over.ts';

/** A request that is not simply passed on. */
export type Stop =
  | { readonly kind: 'build'; readonly request: BuildRequest; readonly bytes: readonly Buffer[] }
  /** BuildDerivation. */
  | { readonly kind: 'refused' }
  /** An operation of which it is not known where it ends; its number has been passed on. */
  | { readonly kind: 'unknown'; readonly op: number }
  /** The client does not wait for answers: nobody would know where the one to a build request belongs. */
  | { readonly kind: 'pipelined' };

const BUILDS: ReadonlyMap<number, BuildRequest['operation']> = new Map([
  [OP.buildPaths, 'BuildPaths'],
  [OP.buildPathsWithResults, 'BuildPathsWithResults'],
]);

/**
 * Finds out where a client's requests begin and end, and passes them on as they come: byte for byte, uncopied, and however large, held
 * nowhere. Only requests that build are held back until they are known.
 */
export class Requests {
  readonly #reader: WireReader;
  readonly #send: (pieces: readonly Buffer[]) => void;
  readonly #pieces: Buffer[] = [];
  readonly #keep = (bytes: Buffer): void => void this.#pieces.push(bytes);
  #isHolding = false;
  #isUnanswered = false;
  #options: DaemonOptions | undefined;

  /** @param send passes bytes on, in one write */
  constructor(reader: WireReader, send: (pieces: readonly Buffer[]) => void) {
    this.#reader = reader;
    this.#send = send;
  }

  /** What the client set last. */
  get options(): DaemonOptions | undefined {
    return this.#options;
  }

  /** The daemon has begun to answer, or the client was answered in its stead. */
  answered(): void {
    this.#isUnanswered = false;
  }

  /** The bytes of a request that was held back go to the daemon. */
  pass(bytes: readonly Buffer[]): void {
    this.#isUnanswered = true;
    this.#send(bytes);
  }

  /** Passes on what was decoded, if it may be. */
  flush(): void {
    if (!this.#isHolding && this.#pieces.length > 0) this.#send(this.#takePieces());
  }

  /** Passes on requests until there is one that cannot be; {@link flush} is to be called after each chunk. */
  *next(): Decoding<Stop> {
    const reader = this.#reader;
    for (;;) {
      while (reader.available === 0) yield;
      if (this.#isUnanswered) return { kind: 'pipelined' };
      this.#isUnanswered = true;
      this.flush();
      this.#isHolding = true;
      reader.beginTee(this.#keep);
      try {
        const stop = yield* this.#request();
        if (stop) return stop;
      } finally {
        reader.endTee();
        this.#isHolding = false;
      }
    }
  }

  *#request(): Decoding<Stop | undefined> {
    const reader = this.#reader;
    reader.beginMessage();
    const op = yield* reader.u64();
    const operation = BUILDS.get(op);
    if (operation) return this.#build(operation, yield* readBuildRequest(reader));
    if (op === OP.buildDerivation) return yield* this.#refuse();

    this.#isHolding = false;
    if (op === OP.setOptions) this.#options = yield* readSetOptions(reader);
    else if ((yield* skipRequest(reader, op)) === 'unknown') return { kind: 'unknown', op };
    return undefined;
  }

  #build(
    operation: BuildRequest['operation'],
    request: BuildPathsRequest | undefined,
  ): Stop | undefined {
    if (!request) return undefined;
    this.#reader.endTee();
    return { kind: 'build', request: { operation, ...request }, bytes: this.#takePieces() };
  }

  *#refuse(): Decoding<Stop> {
    this.#reader.endTee();
    this.#takePieces();
    yield* skipRequest(this.#reader, OP.buildDerivation);
    return { kind: 'refused' };
  }

  #takePieces(): Buffer[] {
    return this.#pieces.splice(0);
  }
}
