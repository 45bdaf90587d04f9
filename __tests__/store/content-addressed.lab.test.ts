import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type NixHost, startNixHost, SUITES } from '../../lab/index.ts';
import { copyClosure } from '../../src/store/copy-closure.ts';
import { openStore } from '../../src/store/daemon-store.ts';
import type { Store } from '../../src/store/store.ts';
import { instantiate } from './graphs.ts';
import { socketStream } from './streams.ts';

const CA =
  '{ __contentAddressed = true; outputHashMode = "recursive"; outputHashAlgo = "sha256"; }';

describe.each(SUITES)('a floating content-addressed derivation on Debian %s', (suite) => {
  let hosts: NixHost[] = [];
  let stores: Store[] = [];

  beforeAll(async () => {
    const nixConf = ['extra-experimental-features = ca-derivations'];
    hosts = await Promise.all(
      ['source', 'destination'].map((name) => startNixHost({ suite, name, nixConf })),
    );
    stores = hosts.map((host) => openStore(socketStream(host), { label: host.name }));
  });

  afterAll(async () => {
    for (const store of stores) store.close();
    await Promise.all(hosts.map((host) => host.stop()));
  });

  it('says its output when it is built, which another store can be told', async () => {
    const [source] = hosts;
    const [from, to] = stores;
    if (!source || !from || !to) throw new Error('no hosts');
    const { ca: drvPath } = await instantiate(source, { ca: `shWith "ca" ${CA} "echo ca > $out"` });
    if (!drvPath) throw new Error('not instantiated');
    const outputsIn = async (store: Store) =>
      (await store.queryDerivationOutputMaps([drvPath])).get(drvPath);
    expect(await outputsIn(from)).toEqual(new Map([['out', undefined]]));

    const [result] = await from.build([{ kind: 'built', drvPath, outputs: 'all' }], 'normal');
    const out = result?.outputs.get('out');
    if (!out) throw new Error(`no output: ${result?.errorMessage}`);
    expect(await source.read(out)).toBe('ca\n');

    // the derivation needs no trust, and its output is content-addressed
    const common = { from, to, near: 'destination', check: 'check-signatures' } as const;
    await copyClosure({ ...common, roots: [drvPath, out] });
    expect(await outputsIn(to)).toEqual(new Map([['out', undefined]]));
    for (const realisation of result?.realisations.values() ?? []) {
      await to.registerDrvOutput(realisation);
    }
    expect(await outputsIn(to)).toEqual(new Map([['out', out]]));
  });
});
