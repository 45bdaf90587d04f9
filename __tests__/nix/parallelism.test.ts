import { describe, expect, it } from 'vitest';
import {
  excess,
  hasRoom,
  isTooMuch,
  isWornOut,
  isWorthSharing,
  mostWorkers,
} from '../../src/nix/parallelism.ts';
import { inWalkOrder } from '../../src/nix/walk-order.ts';

const GIB = 2 ** 30;

describe('mostWorkers', () => {
  it.each([
    [4, 14, 4],
    [4, 2.5, 2],
    [4, 0.3, 1],
    [1, 14, 1],
  ])('%i cores and %d GiB: %i', (cores, memory, workers) => {
    expect(mostWorkers({ cores, memory: memory * GIB })).toBe(workers);
  });
});

describe('isWorthSharing', () => {
  it.each([
    [
      'a thousand quick ones, nearly done',
      { startUp: 0.3, working: 1, done: 900, remaining: 100 },
      false,
    ],
    [
      'a thousand of which few are done',
      { startUp: 0.3, working: 1, done: 100, remaining: 900 },
      true,
    ],
    [
      'ten slow ones, the first of which goes on',
      { startUp: 0.3, working: 1, done: 0, remaining: 9 },
      true,
    ],
    ['ten that share what took long', { startUp: 20, working: 1, done: 1, remaining: 9 }, false],
    ['nothing', { startUp: 0.3, working: 100, done: 1, remaining: 0 }, false],
  ])('%s', (_, progress, worth) => {
    expect(isWorthSharing(progress, 1)).toBe(worth);
  });
});

describe('memory', () => {
  const resources = { cores: 2, memory: 4 * GIB };
  const usage = (bytes: number, atFirst = 0.5) => ({ bytes: bytes * GIB, atFirst: atFirst * GIB });

  it('has room for one more as large as the largest', () => {
    expect(hasRoom([usage(1.9)], resources)).toBe(true);
    expect(hasRoom([usage(2.1)], resources)).toBe(false);
  });

  it('is too much in sum', () => {
    expect(isTooMuch([usage(1.9), usage(1.9)], resources)).toBe(false);
    expect(isTooMuch([usage(3.9), usage(0.2)], resources)).toBe(true);
  });

  it('has the largest go where it is too much, and never the only one', () => {
    expect(excess([usage(1.9), usage(1.9)], resources)).toBeUndefined();
    expect(excess([usage(0.2), usage(3.9), usage(0.1)], resources)).toBe(1);
    expect(excess([usage(40)], resources)).toBeUndefined();
    expect(excess([], { cores: 2, memory: -GIB })).toBeUndefined();
  });

  it('wears nobody out below what starting takes, however little there is', () => {
    const little = { cores: 2, memory: -GIB };
    expect(isWornOut(usage(0.2, 0.05), little)).toBe(false);
    expect(isWornOut(usage(0.3, 0.05), little)).toBe(true);
  });

  it('wears a process out beyond its share, unless a fresh one would take the same', () => {
    expect(isWornOut(usage(1.9), resources)).toBe(false);
    expect(isWornOut(usage(2.1), resources)).toBe(true);
    expect(isWornOut(usage(2.1, 1.5), resources)).toBe(false);
    expect(isWornOut({ bytes: 3 * GIB, atFirst: undefined }, resources)).toBe(false);
  });
});

it('inWalkOrder is by bytes, a set before what is in it', () => {
  const paths = [['\u{1f600}'], ['a'], ['a', 'z'], ['a-'], ['b'], ['\uff5e'], []];
  expect(paths.sort(inWalkOrder)).toEqual([
    [],
    ['a'],
    ['a', 'z'],
    ['a-'],
    ['b'],
    ['\uff5e'],
    ['\u{1f600}'],
  ]);
});
