import { expect, test } from 'vitest';
import { CopyBack, type CopyBackOptions } from '../../src/build/copy-back.ts';
import { ActionError } from '../../src/domain/errors.ts';
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

function copyBack(options: Partial<CopyBackOptions> = {}): CopyBack {
  return new CopyBack({
    openStores: () => Promise.resolve({ from: fullStore(), to: fullStore() }),
    candidates: (keys) => Promise.resolve({ paths: new Set(keys), areAll: false }),
    check: 'no-signature-check',
    observe: () => undefined,
    signal: new AbortController().signal,
    ...options,
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

test('who is given up is not waited for, and what was wanted from there has failed for that reason', async () => {
  const asked = Promise.withResolvers<undefined>();
  const copies = copyBack({
    openStores: (signal) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(new Error('the wait was ended')));
        asked.resolve(undefined);
      }),
  });
  copies.enqueue(request(FIRST));
  await asked.promise;
  const reason = new ActionError('connection-lost', 'it is gone');
  await copies.giveUp(reason);
  copies.enqueue(request(SECOND));
  const { copied, failures } = await copies.finish();
  expect(copied.size).toBe(0);
  expect(failures).toEqual(
    new Map([
      [FIRST, reason],
      [SECOND, reason],
    ]),
  );
});

test('a lost connection is made up for as often as is said, and then is the reason', async () => {
  const lost = new ActionError('connection-lost', 'it was reset');
  let opened = 0;
  const copies = copyBack({
    reopenings: 2,
    openStores: () => {
      opened += 1;
      const to = { ...fullStore(), queryValidPaths: () => Promise.reject(lost) };
      return Promise.resolve({ from: fullStore(), to });
    },
  });
  copies.enqueue(request(FIRST));
  expect((await copies.finish()).failures).toEqual(new Map([[FIRST, lost]]));
  expect(opened).toBe(3);
});
