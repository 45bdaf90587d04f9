import { afterAll, beforeAll, expect, it } from 'vitest';
import { recipes, startNixHost, within, type NixHost } from '../../lab/index.ts';
import { compareAcross } from '../../src/build/rebuild/trees.ts';
import { ActionError } from '../../src/domain/errors.ts';
import type { StorePath } from '../../src/domain/store-path.ts';
import { openStore } from '../../src/store/daemon-store.ts';
import type { Store } from '../../src/store/store.ts';
import { buildOut, instantiate } from '../store/graphs.ts';
import { holding, socketStream } from '../store/streams.ts';

/** Bytes of the compared output, and of those how many come before the far side is silent. */
const SIZE = 2_000_000;
const HELD_AFTER = 100_000;

let host: NixHost;
let session: Store;
let path: StorePath;

beforeAll(async () => {
  host = await startNixHost({ name: 'compared' });
  session = openStore(socketStream(host), { label: 'the store' });
  const { large } = await instantiate(host, { large: recipes.file('large', SIZE) });
  if (!large) throw new Error('no derivation');
  path = await buildOut(session, large);
});

afterAll(async () => {
  session.close();
  await host.stop();
});

it('does not read outputs to their ends once it is cancelled', async () => {
  const cancelled = new AbortController();
  const opened: Store[] = [];
  const onHeld = (): void => cancelled.abort(new ActionError('cancelled', 'enough'));
  const openSession = (): Promise<Store> => {
    const stream = holding(socketStream(host), HELD_AFTER, onHeld);
    const store = openStore(stream, { label: 'the store' });
    opened.push(store);
    return Promise.resolve(store);
  };
  const place = { connected: { session, openSession } };
  const compared = compareAcross([place, place], [path, path], cancelled.signal);
  expect(await within(20_000, 'the end', compared)).toBeUndefined();
  expect(cancelled.signal.aborted).toBe(true);
  expect(opened.map(({ isOpen }) => isOpen)).toEqual([false, false]);
  expect(session.isOpen).toBe(true);
});

it('compares to the end where nobody cancels, and closes what it opened', async () => {
  const opened: Store[] = [];
  const openSession = (): Promise<Store> => {
    const store = openStore(socketStream(host), { label: 'the store' });
    opened.push(store);
    return Promise.resolve(store);
  };
  const place = { connected: { session, openSession } };
  const never = new AbortController().signal;
  expect(await compareAcross([place, place], [path, path], never)).toEqual({ files: [], more: 0 });
  expect(opened.map(({ isOpen }) => isOpen)).toEqual([false, false]);
});
