import { describe, expect, it } from 'vitest';
import { RateMeter } from '../../src/plan/rate-meter.ts';

/** A look every 50 ms at these numbers of bytes. */
function rateOf(looks: readonly number[]): RateMeter['rate'] {
  const meter = new RateMeter();
  for (const bytes of looks) meter.add(bytes, 0.05);
  return meter.rate;
}

const times = (count: number, bytes: number): readonly number[] =>
  Array.from({ length: count }, () => bytes);

describe('the rate of a line', () => {
  it.each([
    ['nothing moved', times(100, 0)],
    ['a log is all that moved', times(1000, 900)],
    ['all of it fits into a buffer', [0, 0, 4e6, 0, 0]],
    ['little moved, however long', [0, ...times(10, 50_000), 0]],
    ['there was no look', []],
  ])('is not known where %s', (_, looks) => {
    expect(rateOf(looks)).toBe('unknown');
  });

  it.each([
    ['that of a transfer', times(20, 500_000)],
    ['without the waits around it', [...times(100, 0), ...times(20, 500_000), ...times(100, 0)]],
    ['without a log before it', [...times(1000, 900), ...times(20, 500_000)]],
    ['without the buffer that is filled first', [4e6, ...times(20, 500_000)]],
    [
      'that of the largest of several',
      [...times(4, 3e6), 0, ...times(200, 500_000), 0, ...times(4, 3e6)],
    ],
  ])('is %s', (_, looks) => {
    expect(rateOf(looks)).toBeCloseTo(10e6, 0);
  });

  it('of a slow line is known when enough has moved', () => {
    expect(rateOf(times(400, 5000))).toBeCloseTo(100_000, 0);
  });

  it('goes by how long it was between looks, which a busy process has late', () => {
    const meter = new RateMeter();
    for (const seconds of [0.05, 0.05, 0.5, 0.05, 0.2]) meter.add(seconds * 2e6, seconds);
    meter.add(0, 0);
    expect(meter.rate).toBeCloseTo(2e6, 0);
  });
});
