import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type NixHost, startNixHost, SUITES, type Suite } from '../../lab/index.ts';
import { localStream, TestSocket } from './socket.ts';

const PAIRS = SUITES.flatMap((client) => SUITES.map((daemon) => ({ client, daemon })));

/** Clients of one host, whose socket leads to another's daemon: they read no file of the store for what is asked here. */
describe('clients and daemons of all versions', () => {
  const hosts = new Map<Suite, NixHost>();
  const paths = new Map<Suite, string>();

  const hostOf = (suite: Suite): NixHost => {
    const host = hosts.get(suite);
    if (!host) throw new Error(`no host for ${suite}`);
    return host;
  };

  beforeAll(async () => {
    for (const suite of SUITES) {
      const host = await startNixHost({ suite, name: suite });
      hosts.set(suite, host);
      await host.write('/tmp', { [`of-${suite}`]: suite });
      paths.set(suite, await host.output(['nix-store', '--add', `/tmp/of-${suite}`]));
    }
  });

  afterAll(() => Promise.all([...hosts.values()].map((host) => host.stop())));

  it.each(PAIRS)('a client of $client and a daemon of $daemon', async ({ client, daemon }) => {
    const path = paths.get(daemon) ?? '';
    await using socket = await TestSocket.serve(hostOf(client), undefined, () =>
      localStream(hostOf(daemon)),
    );
    expect(await socket.output(['nix-store', '--query', '--hash', path])).toBe(
      await hostOf(daemon).output(['nix-store', '--query', '--hash', path]),
    );
    const { stderr } = await socket.run(['nix-store', '--add', `/tmp/of-${client}`]);
    expect(stderr).toBe('');
    expect(await hostOf(daemon).validPaths([paths.get(client) ?? ''])).toHaveProperty('size', 1);
    expect(socket.notices).toEqual([]);
  });
});
