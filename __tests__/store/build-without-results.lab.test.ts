import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type NixHost, startNixHost, SUITES } from '../../lab/index.ts';
import { type DrvPath, parseStorePath } from '../../src/domain/store-path.ts';
import { openStore } from '../../src/store/daemon-store.ts';
import type { Store } from '../../src/store/store.ts';
import { instantiate } from './graphs.ts';
import { socketStream } from './streams.ts';

/** Real daemons speak whatever older protocol their client asks for. */
describe.each(SUITES)('with protocol 1.33, building on Debian %s', (suite) => {
  let host: NixHost;
  let store: Store;
  let drvs: Record<string, DrvPath>;

  const built = (name: string) => {
    const drvPath = drvs[name];
    if (!drvPath) throw new Error(`no ${name}`);
    return { kind: 'built', drvPath, outputs: 'all' } as const;
  };

  beforeAll(async () => {
    host = await startNixHost({ suite });
    store = openStore(socketStream(host), { label: 'old', protocolVersion: 0x121 });
    drvs = await instantiate(host, {
      old: 'sh "old" "echo old > $out"',
      good: 'shWith "good" { outputs = [ "out" "dev" ]; } "echo 1 > $out; echo 2 > $dev"',
      bad: 'sh "bad" "exit 3"',
    });
  });

  afterAll(async () => {
    store.close();
    await host.stop();
  });

  it('tells what was built from what was there', async () => {
    expect(await store.greeting).toMatchObject({ protocolVersion: 0x121, trust: 'unknown' });
    expect(await store.build([built('old')], 'normal')).toMatchObject([{ status: 'built' }]);
    const results = await store.build([built('old'), built('good')], 'normal');
    expect(results).toMatchObject([
      { status: 'already-valid', path: built('old') },
      { status: 'built', path: built('good') },
    ]);
    const { good } = drvs;
    const outputs = await store.queryDerivationOutputMaps(good ? [good] : []);
    expect(results[1]?.outputs).toEqual(good && outputs.get(good));
  });

  it('tells what failed, in the words of the daemon', async () => {
    const [good, bad] = await store.build([built('good'), built('bad')], 'normal');
    expect(good?.status).toBe('already-valid');
    expect(bad).toMatchObject({
      status: 'misc-failure',
      errorMessage: expect.stringMatching(/exit code .*3/) as string,
    });
  });

  it('tells of a plain path that cannot be had', async () => {
    const path = parseStorePath('/nix/store/00000000000000000000000000000000-nowhere');
    expect(await store.build([{ kind: 'opaque', path }], 'normal')).toMatchObject([
      { status: 'misc-failure', outputs: new Map() },
    ]);
  });
});
