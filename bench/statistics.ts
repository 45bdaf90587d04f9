/** The value in the middle; NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? NaN;
  return (lower + upper) / 2;
}

/**
 * Round trips, which cannot be counted in an encrypted stream: by how much a delay makes something longer.
 * @param far seconds with `delayMs` of round trip
 * @param near seconds without
 */
export function slope(far: number, near: number, delayMs: number): number {
  return ((far - near) * 1000) / delayMs;
}
