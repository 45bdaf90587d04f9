import { expect, test } from 'vitest';
import type { PathInfo } from '../../src/domain/path-info.ts';
import { parseStorePath, type StorePath } from '../../src/domain/store-path.ts';
import { frontier } from '../../src/store/frontier.ts';

const [A, B, C, D] = ['a', 'b', 'c', 'd'].map((name) =>
  parseStorePath(`/nix/store/${'0'.repeat(32)}-${name}`),
) as [StorePath, StorePath, StorePath, StorePath];

function missing(entries: readonly [StorePath, readonly StorePath[]][]) {
  return new Map(entries.map(([path, references]) => [path, { path, references } as PathInfo]));
}

test('a root that is there is kept itself', () => {
  expect(frontier([A], missing([]))).toEqual([A]);
});

test('what missing paths refer to and is there is kept, each once', () => {
  const two = missing([
    [A, [A, B, C]],
    [B, [C, D]],
  ]);
  expect(frontier([A], two)).toEqual([C, D]);
});
