import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recipes, startNixHost, type NixHost } from '../../lab/index.ts';
import { parseStorePath } from '../../src/domain/store-path.ts';
import { openStore } from '../../src/store/daemon-store.ts';
import type { NarSource } from '../../src/store/store.ts';
import { buildOut, instantiate } from './graphs.ts';
import { socketStream } from './streams.ts';

const NOWHERE = parseStorePath('/nix/store/00000000000000000000000000000000-nowhere');

describe('a daemon that hangs while its connection lives', () => {
  let host: NixHost;

  beforeAll(async () => {
    host = await startNixHost({ name: 'hanging' });
  });

  afterAll(async () => {
    await host.stop();
  });

  const open = () => openStore(socketStream(host), { label: 'the store', silenceTimeout: 500 });

  it('ends the session, and names what it did not answer', async () => {
    const store = open();
    await store.greeting;
    await host.daemon?.pause();
    const start = performance.now();
    await expect(store.queryPathInfos([NOWHERE])).rejects.toMatchObject({
      code: 'connection-lost',
      message:
        'the store: the Nix daemon has not answered QueryPathInfo for 0.5 s, though the connection lives',
    });
    expect(performance.now() - start).toBeLessThan(5000);
    await host.daemon?.resume();
  });

  it('is not taken for one that has nothing to answer', async () => {
    const store = open();
    await store.greeting;
    await delay(1500);
    expect(await store.queryValidPaths([NOWHERE])).toEqual(new Set());
    store.close();
  });

  it('is not taken for one that builds in silence', async () => {
    const drvs = await instantiate(host, { silent: recipes.silent('silent', 1.5) });
    const store = open();
    const [drvPath] = Object.values(drvs);
    if (!drvPath) throw new Error('no derivation');
    expect(await buildOut(store, drvPath)).toMatch(/-silent$/);
    store.close();
  });

  it('is not taken for one whose client sends slowly', async () => {
    const store = open();
    const none: AsyncIterable<NarSource> = {
      [Symbol.asyncIterator]: () => ({
        next: () => delay(1500).then(() => Promise.reject(new Error('the source has nothing'))),
      }),
    };
    await expect(store.addMultipleToStore(1, none, 'no-signature-check')).rejects.toThrow(
      'the source has nothing',
    );
  });
});
