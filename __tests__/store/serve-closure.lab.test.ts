import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type NixHost, startNixHost, SUITES } from '../../lab/index.ts';
import { parseStorePath, type StorePath } from '../../src/domain/store-path.ts';
import { openStore } from '../../src/store/daemon-store.ts';
import { queryClosureByServe } from '../../src/store/serve-closure.ts';
import { buildOut, deepGraph, instantiate } from './graphs.ts';
import { counting, processStream, socketStream } from './streams.ts';

const NOWHERE = parseStorePath('/nix/store/00000000000000000000000000000000-nowhere');

describe.each(SUITES)('nix-store --serve of Debian %s', (suite) => {
  let host: NixHost;
  let top: StorePath;

  const serve = (...argv: string[]) => processStream(host.spawn(argv, { user: 'ci' }));

  beforeAll(async () => {
    host = await startNixHost({ suite });
    const drvs = await instantiate(host, deepGraph(20));
    const store = openStore(socketStream(host), { label: suite });
    if (drvs['top']) top = await buildOut(store, drvs['top']);
    store.close();
  });

  afterAll(() => host.stop());

  it('tells a closure of any depth in one exchange', async () => {
    const { stream, exchanges } = counting(serve('nix-store', '--serve'));
    const closure = await queryClosureByServe(stream, [top]);
    const expected = await host.output(['nix-store', '--query', '--requisites', top]);
    expect(new Set(closure)).toEqual(new Set(expected.split('\n')));
    expect(exchanges.count).toBe(1);
  });

  it('says why it has none', async () => {
    await expect(
      queryClosureByServe(serve('nix-store', '--serve'), [NOWHERE]),
    ).rejects.toMatchObject({
      code: 'connection-lost',
      message: expect.stringMatching(
        /nix-store --serve ended without an answer: .*is not valid/,
      ) as string,
    });
  });

  it('is not taken for a daemon where only that is allowed', async () => {
    const daemon = serve('nix-daemon', '--stdio');
    await expect(queryClosureByServe(daemon, [top])).rejects.toMatchObject({
      code: 'connection-lost',
    });
  });
});
