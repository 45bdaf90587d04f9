import { describe, expect, it } from 'vitest';
import type { PathInfo } from '../../src/domain/path-info.ts';
import type { StorePath } from '../../src/domain/store-path.ts';
import { type ClosureStores, missingAtFar, missingAtNear } from '../../src/store/closure.ts';
import { infosOf, pathOf } from './made-up-paths.ts';

/** Two stores as sets of paths, which count how often they are asked. */
function stores(source: Map<StorePath, PathInfo>, validAtDestination: readonly number[] = []) {
  const valid = new Set(validAtDestination.map(pathOf));
  const asked = { source: 0, destination: 0 };
  const among: ClosureStores = {
    from: {
      label: 'the source',
      queryPathInfos(paths) {
        asked.source += 1;
        const found = paths.flatMap((path) => source.get(path) ?? []);
        return Promise.resolve(new Map(found.map((info) => [info.path, info])));
      },
    },
    to: {
      queryValidPaths(paths) {
        asked.destination += 1;
        return Promise.resolve(new Set(paths.filter((path) => valid.has(path))));
      },
    },
  };
  return { among, asked };
}

const numbers = (infos: ReadonlyMap<StorePath, PathInfo>) =>
  [...infos.keys()].map((path) => Number(path.split('-p')[1])).sort((a, b) => a - b);

const CHAIN = infosOf([[], [0], [1], [2], [3]]);

describe('what is missing at a near destination', () => {
  it('takes one exchange with the source when the candidates hold the closure', async () => {
    const { among, asked } = stores(CHAIN);
    const candidates = [...CHAIN.keys()];
    const missing = await missingAtNear({ ...among, roots: [pathOf(4)], candidates });
    expect(numbers(missing)).toEqual([0, 1, 2, 3, 4]);
    expect(asked.source).toBe(1);
  });

  it('takes one exchange a level where they do not', async () => {
    const { among, asked } = stores(CHAIN);
    const missing = await missingAtNear({ ...among, roots: [pathOf(4)], candidates: [pathOf(3)] });
    expect(numbers(missing)).toEqual([0, 1, 2, 3, 4]);
    expect(asked.source).toBe(4);
  });

  it('takes one exchange with a closure that is known otherwise', async () => {
    const { among, asked } = stores(CHAIN);
    const queryClosure = () => Promise.resolve([...CHAIN.keys()]);
    await missingAtNear({ ...among, roots: [pathOf(4)], queryClosure });
    expect(asked.source).toBe(1);
  });

  it('is found level by level where that closure cannot be had', async () => {
    const { among, asked } = stores(CHAIN);
    const queryClosure = () => Promise.reject(new Error('not allowed'));
    const missing = await missingAtNear({ ...among, roots: [pathOf(4)], queryClosure });
    expect(numbers(missing)).toEqual([0, 1, 2, 3, 4]);
    expect(asked.source).toBe(5);
  });

  it('takes none when nothing is missing', async () => {
    const { among, asked } = stores(CHAIN, [4]);
    expect(await missingAtNear({ ...among, roots: [pathOf(4)], candidates: CHAIN.keys() })).toEqual(
      new Map(),
    );
    expect(asked.source).toBe(0);
  });

  it('leaves out what is there already, and candidates that nothing refers to', async () => {
    const infos = infosOf([[], [0], [1], [], [3]]);
    const { among } = stores(infos, [0]);
    const missing = await missingAtNear({ ...among, roots: [pathOf(2)], candidates: infos.keys() });
    expect(numbers(missing)).toEqual([1, 2]);
  });

  it('fails for a root that the source does not have', async () => {
    const { among } = stores(CHAIN);
    await expect(missingAtNear({ ...among, roots: [pathOf(9)] })).rejects.toMatchObject({
      code: 'path-invalid',
      message: `${pathOf(9)} is not valid in the source`,
    });
  });

  it('fails for a reference that leads nowhere, instead of asking for ever', async () => {
    const { among } = stores(infosOf([[7]]));
    await expect(missingAtNear({ ...among, roots: [pathOf(0)] })).rejects.toMatchObject({
      code: 'path-invalid',
      message: `${pathOf(7)} is not valid in the source, although a valid path refers to it`,
    });
  });
});

describe('what is missing at a far destination', () => {
  it('takes one exchange with it, whatever the depth', async () => {
    const { among, asked } = stores(CHAIN, [0, 1]);
    expect(numbers(await missingAtFar({ ...among, roots: [pathOf(4)] }))).toEqual([2, 3, 4]);
    expect(asked.destination).toBe(1);
  });
});
