import fc from 'fast-check';
import { expect, it } from 'vitest';
import { idleSeconds } from '../../src/build/idle-seconds.ts';

const span = (from: number, to: number) => ({ from, to });

it.each([
  ['nothing lasted', [], 10],
  ['one lasted in the middle', [span(2, 5)], 7],
  ['two lasted at the same time', [span(2, 5), span(3, 4)], 7],
  ['two overlap', [span(4, 8), span(2, 5)], 4],
  ['it began before', [span(-5, 1)], 9],
  ['it goes on after', [span(9, 20)], 9],
  ['it was before', [span(-5, -1)], 10],
  ['it was after', [span(11, 12)], 10],
  ['it lasted all the time', [span(0, 10), span(1, 2)], 0],
])('where %s', (_, spans, idle) => {
  expect(idleSeconds(span(0, 10), spans)).toBe(idle);
});

it('is what is counted second by second', () => {
  const spans = fc.array(
    fc
      .tuple(fc.integer({ min: -5, max: 25 }), fc.nat(10))
      .map(([from, length]) => span(from, from + length)),
  );
  fc.assert(
    fc.property(spans, (all) => {
      const seconds = Array.from({ length: 20 }, (_, second) => second);
      const idle = seconds.filter(
        (second) => !all.some(({ from, to }) => from <= second && second < to),
      );
      expect(idleSeconds(span(0, 20), all)).toBe(idle.length);
    }),
  );
});
