/** So many bytes, 0 or more. */
export type Bytes = number & { readonly __brand: 'Bytes' };

/** Seconds, 0 or more. */
export type Seconds = number & { readonly __brand: 'Seconds' };

/** Milliseconds, 0 or more. */
export type Milliseconds = number & { readonly __brand: 'Milliseconds' };

/** More than 0. */
export type BytesPerSecond = number & { readonly __brand: 'BytesPerSecond' };

/** What was asked for, or that there was no answer: never a guess. */
export type Known<T> = T | 'unknown';

export const bytes = (count: number): Bytes => notNegative(count) as Bytes;
export const seconds = (count: number): Seconds => notNegative(count) as Seconds;
export const milliseconds = (count: number): Milliseconds => notNegative(count) as Milliseconds;

/** A rate that was measured; `unknown` where nothing moved, for a line of no width has no meaning here. */
export function bytesPerSecond(moved: number, inSeconds: number): Known<BytesPerSecond> {
  const rate = moved / inSeconds;
  return Number.isFinite(rate) && rate > 0 ? (rate as BytesPerSecond) : 'unknown';
}

function notNegative(count: number): number {
  return Number.isFinite(count) && count > 0 ? count : 0;
}
