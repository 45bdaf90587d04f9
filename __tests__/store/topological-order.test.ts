import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { topologicalOrder } from '../../src/store/topological-order.ts';
import { infosOf, pathOf } from './made-up-paths.ts';

describe('the order in which paths are added', () => {
  it('has every path once, after all it refers to', () => {
    const graph = fc.array(fc.array(fc.nat(30), { maxLength: 6 }), { maxLength: 30 });
    fc.assert(
      fc.property(graph, fc.boolean(), (references, isReversed) => {
        // each refers to lower numbers, to itself, or to paths that are not to be added
        const edges = references.map((targets, index) =>
          targets.map((target) => (target > index ? 1000 + target : target)),
        );
        const infos = infosOf(edges);
        const given = isReversed ? new Map([...infos].reverse()) : infos;
        const order = topologicalOrder(given).map(({ path }) => path);
        expect(new Set(order)).toEqual(new Set(infos.keys()));
        expect(order).toHaveLength(infos.size);
        const position = new Map(order.map((path, index) => [path, index]));
        for (const { path, references } of infos.values()) {
          for (const reference of references) {
            if (reference === path || !position.has(reference)) continue;
            expect(position.get(reference)).toBeLessThan(position.get(path) ?? -1);
          }
        }
      }),
    );
  });

  it('takes a chain of 100,000 without exhausting the stack', () => {
    const chain = Array.from({ length: 100_000 }, (_, index) => (index === 0 ? [] : [index - 1]));
    const reversed = new Map([...infosOf(chain)].reverse());
    expect(topologicalOrder(reversed).at(-1)?.path).toBe(pathOf(99_999));
  });

  it('does not exist for a circle, which names a path of it', () => {
    expect(() => topologicalOrder(infosOf([[1], [2], [0]]))).toThrow(
      /-p0 refers to itself by way of other paths/,
    );
  });
});
