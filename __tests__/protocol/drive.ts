import fc from 'fast-check';
import { type Decoding, WireReader } from '../../src/protocol/wire-reader.ts';

/** What became of a decoder that was given all there is. */
export type Outcome<T> =
  | { readonly kind: 'value'; readonly value: T; readonly left: number }
  | { readonly kind: 'waiting' }
  | { readonly kind: 'error'; readonly error: unknown };

/** Drives a decoder as a session does: a chunk, then on as far as it goes. */
export function decode<T>(
  decoder: (reader: WireReader) => Decoding<T>,
  chunks: readonly Buffer[],
): Outcome<T> {
  const reader = new WireReader();
  const decoding = decoder(reader);
  try {
    for (const chunk of [Buffer.alloc(0), ...chunks]) {
      reader.push(chunk);
      const step = decoding.next();
      if (step.done === true) {
        const pushed = chunks.reduce((sum, { length }) => sum + length, 0);
        return { kind: 'value', value: step.value, left: pushed - reader.consumed };
      }
    }
    return { kind: 'waiting' };
  } catch (error) {
    return { kind: 'error', error };
  }
}

/** Like {@link decode}, for input that must decode, completely. */
export function decodeAll<T>(
  decoder: (reader: WireReader) => Decoding<T>,
  chunks: readonly Buffer[],
): T {
  // all but the first chunk may hold the end, and a decoder that is done is not driven further
  const outcome = decode(decoder, chunks);
  if (outcome.kind === 'error') throw outcome.error;
  if (outcome.kind === 'waiting') throw new Error('the decoder wants more than there is');
  if (outcome.left !== 0) throw new Error(`${outcome.left} bytes are left over`);
  return outcome.value;
}

/** The same bytes in pieces: cuts anywhere, also between the bytes of one number. */
export function chunked(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const edges = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length];
  edges.sort((left, right) => left - right);
  return edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge));
}

export const cuts = fc.array(fc.nat(), { maxLength: 40 });
