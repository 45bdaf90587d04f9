import { expect, test } from 'vitest';
import { CopyBack } from '../../src/build/copy-back.ts';
import { parseStorePath, type StorePath } from '../../src/domain/store-path.ts';
import type { Store } from '../../src/store/store.ts';

const FIRST = parseStorePath(`/nix/store/${'a'.repeat(32)}-first`);
const SECOND = parseStorePath(`/nix/store/${'b'.repeat(32)}-second`);

/** A store that has every path, so that a copy ends at its first question. */
function fullStore(): Store {
  const store: Pick<Store, 'queryValidPaths' | 'queryPathInfos' | 'addTempRoots' | 'close'> = {
    queryValidPaths: (paths) => Promise.resolve(new Set(paths)),
    queryPathInfos: () => Promise.resolve(new Map()),
    addTempRoots: () => Promise.resolve(),
    close: () => undefined,
  };
  return store as Store;
}

function copyBack(): CopyBack {
  return new CopyBack({
    openStores: () => Promise.resolve({ from: fullStore(), to: fullStore() }),
    candidates: (keys) => Promise.resolve({ paths: new Set(keys), areAll: false }),
    check: 'no-signature-check',
    observe: () => undefined,
    signal: new AbortController().signal,
  });
}

const request = (key: StorePath) => ({ key, outputs: [key], validity: 'valid' as const });

test('what is asked for after a request that was met already is copied too', async () => {
  const copies = copyBack();
  copies.enqueue(request(FIRST));
  await copies.finish();
  copies.enqueue(request(FIRST));
  copies.enqueue(request(SECOND));
  const { copied, failures } = await copies.finish();
  expect(copied).toEqual(new Set([FIRST, SECOND]));
  expect(failures.size).toBe(0);
});
