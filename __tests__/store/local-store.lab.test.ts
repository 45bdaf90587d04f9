import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type NixHost, startNixHost, SUITES, type UserName } from '../../lab/index.ts';

const PROBE = '/checkout/__tests__/store/local-store-probe.ts';

/** What would lead Nix itself elsewhere. */
const MISLEADING = {
  NIX_REMOTE: 'ssh-ng://nowhere.invalid',
  NIX_CONFIG: 'store = ssh-ng://nowhere.invalid',
};

describe.each(SUITES)('the local store of Debian %s', (suite) => {
  let hosts: NixHost[] = [];
  let path: string;

  const probe = async (host: NixHost, user: UserName, env: Record<string, string> = {}) => {
    const output = await host.output(['node', PROBE, path], { user, env });
    return JSON.parse(output) as unknown;
  };
  const host = (index: number): NixHost => {
    const found = hosts[index];
    if (!found) throw new Error(`no host ${index}`);
    return found;
  };

  beforeAll(async () => {
    hosts = await Promise.all(
      (['daemon', 'root-owned', 'user-owned'] as const).map((nix) =>
        startNixHost({ suite, nix, name: nix }),
      ),
    );
    for (const each of hosts) {
      await each.write('/tmp', { 'hello.txt': 'hello\n' }, each.owner);
      path = await each.output(['nix-store', '--add', '/tmp/hello.txt'], { user: each.owner });
    }
  });

  afterAll(() => Promise.all(hosts.map((each) => each.stop())));

  it.each(['ci', 'root'] as const)('is the daemon where there is one, for %s', async (user) => {
    expect(await probe(host(0), user, MISLEADING)).toEqual({
      access: { kind: 'socket', path: '/nix/var/nix/daemon-socket/socket', storeUri: 'daemon' },
      nixVersion: host(0).root.nixVersion,
      valid: 1,
    });
  });

  it.each([
    [1, 'root'],
    [2, 'owner'],
  ] as const)('is a child of ours where there is none, in the end gone', async (index, user) => {
    expect(await probe(host(index), user, MISLEADING)).toEqual({
      access: { kind: 'direct', storeUri: 'local' },
      nixVersion: host(index).root.nixVersion,
      valid: 1,
    });
    const left = (await host(index).processes()).filter(({ argv }) =>
      argv[0]?.includes('nix-daemon'),
    );
    expect(left).toEqual([]);
  });

  it('is refused by name to who may use neither', async () => {
    expect(await probe(host(1), 'ci')).toMatchObject({
      code: 'nix-missing',
      message: expect.stringMatching(
        /^the local store: no Nix daemon answers at .* is not writable$/,
      ) as string,
    });
  });

  it('says so where there is no nix-daemon', async () => {
    expect(await probe(host(1), 'root', { PATH: '/usr/local/bin' })).toMatchObject({
      code: 'nix-missing',
      message: expect.stringMatching(
        /^the local store: nix-daemon could not be started: spawn nix-daemon ENOENT$/,
      ) as string,
    });
  });
});
