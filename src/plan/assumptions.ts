import { formatBytes, plural } from '../domain/format.ts';
import type { Milliseconds, BytesPerSecond, Bytes } from './units.ts';

/** What is taken for what nobody knows. Wherever one of these decides, the prediction says so. */
export const USUAL = {
  /** A line of 100 Mbit/s. */
  rate: 12.5e6 as BytesPerSecond,
  roundTripMs: 40 as Milliseconds,
  /** Of an output that is nowhere yet. */
  outputBytes: 1e6 as Bytes,
  /** Of a build. */
  buildSeconds: 5,
  /** As Nix has it where nothing is said. */
  slots: 1,
} as const;

/** What was taken for granted, collected while something is predicted. */
export class Assumptions {
  readonly #sizes = new Set<string>();
  readonly #seenBefore = new Set<string>();
  readonly #fetched = new Set<string>();
  readonly #texts = new Set<string>();

  /** @param what an output without a known size */
  sizeOf(what: string): void {
    this.#sizes.add(what);
  }

  /** @param what an output without a known size, of whose name there was one in an earlier run */
  seenBefore(what: string): void {
    this.#seenBefore.add(what);
  }

  /** @param drvPath a derivation that no store has the outputs of, nor of anything that it is built from */
  fetched(drvPath: string): void {
    this.#fetched.add(drvPath);
  }

  add(text: string): void {
    this.#texts.add(text);
  }

  /** For people, a part of a sentence each. */
  texts(): readonly string[] {
    const each = formatBytes(USUAL.outputBytes);
    const sizes = `${plural(this.#sizes.size, 'output')} of unknown size taken as ${each} each`;
    const before = `${plural(this.#seenBefore.size, 'output')} of unknown size taken to be as large as in an earlier run`;
    const fetched = `${plural(this.#fetched.size, 'derivation')} that no store has anything of taken to come from caches`;
    return [
      ...(this.#sizes.size > 0 ? [sizes] : []),
      ...(this.#seenBefore.size > 0 ? [before] : []),
      ...(this.#fetched.size > 0 ? [fetched] : []),
      ...this.#texts,
    ];
  }
}
