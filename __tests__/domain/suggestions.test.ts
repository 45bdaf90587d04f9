import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, similarNames } from '../../src/domain/suggestions.ts';

describe('similarNames', () => {
  it('gives the nearest names first, three at most', () => {
    const names = ['hello', 'hallo', 'help', 'hell', 'world', 'hel'];
    expect(similarNames('helo', names)).toEqual(['hel', 'hell', 'hello']);
    expect(similarNames('xyz', names)).toEqual([]);
  });
});

describe('editDistance', () => {
  const word = fc.stringMatching(/^[a-c]{0,8}$/);

  it('is a metric', () => {
    fc.assert(
      fc.property(word, word, word, (a, b, c) => {
        expect(editDistance(a, b) === 0).toBe(a === b);
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c));
      }),
    );
  });

  it('counts one for each character put in', () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(editDistance(a, a + b)).toBe(b.length);
      }),
    );
  });
});
