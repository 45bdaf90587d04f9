import picomatch from 'picomatch';
import { expect, test } from 'vitest';
import { isCopied, unmatchedGlobs, type CopySelection } from '../../src/build/copy-selection.ts';

const matching = (...texts: string[]): CopySelection => ({
  kind: 'matching',
  globs: texts.map((text) => ({ text, matches: picomatch(text, { dot: true }) })),
});

const HELLO = 'packages.x86_64-linux.hello';

test.each<[CopySelection, string, boolean]>([
  [{ kind: 'all' }, HELLO, true],
  [{ kind: 'none' }, HELLO, false],
  [matching(HELLO), HELLO, true],
  [matching('packages.*'), HELLO, true],
  [matching('hello'), HELLO, true],
  [matching('hell*'), HELLO, true],
  [matching('ello'), HELLO, false],
  [matching('packages'), HELLO, false],
  [matching('nothing', 'h*'), HELLO, true],
  [matching('with.dot'), 'checks.x86_64-linux."with.dot"', true],
])('%o and %s: %s', (copy, attribute, expected) => {
  expect(isCopied(copy, attribute)).toBe(expected);
});

test('names the globs that match nothing', () => {
  expect(unmatchedGlobs(matching('hello', 'helo', 'checks.*'), [HELLO])).toEqual([
    'helo',
    'checks.*',
  ]);
  expect(unmatchedGlobs({ kind: 'all' }, [])).toEqual([]);
});
