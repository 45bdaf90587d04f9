import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  makeRelease,
  recipes,
  startBuilder,
  startNixHost,
  type Builder,
  type NixHost,
} from '../../lab/index.ts';
import { CacheServer } from '../../lab/cache-service.ts';
import { annotations } from '../helpers/failed-step.ts';
import { LiveStep } from '../helpers/live-step.ts';
import { ReleaseServer } from '../helpers/release-server.ts';
import { runScenario, type Scenario } from '../helpers/scenario.ts';
import { waitUntil } from '../helpers/wait-until.ts';

const ROOTS = '/nix/var/nix/gcroots/nix-remote-build';

describe('a fresh runner without Nix', () => {
  let builder: Builder;
  let server: ReleaseServer;
  let runner: NixHost;

  beforeAll(async () => {
    builder = await startBuilder();
    server = await ReleaseServer.start(await makeRelease());
  });

  afterAll(async () => {
    await Promise.all([builder.stop(), server[Symbol.asyncDispose]()]);
  });

  beforeEach(async () => {
    runner = await startNixHost({ name: 'runner', nix: 'none' });
  });

  afterEach(() => runner.stop());

  function scenario(env: Readonly<Record<string, string>> = {}) {
    return {
      ...{ builder, runner, env, user: 'sudoer' as const },
      attributes: { small: recipes.file('small', 100) },
      inputs: {
        'nix-version': server.release.version,
        'nix-install-url': server.base('well'),
        'extra-nix-config': 'substituters =',
        'copy-outputs': 'true',
      },
    } satisfies Scenario;
  }

  it('is a bare container: root, no sudo, no git, no certificates', async () => {
    await runner.output(['rm', '-rf', '/usr/bin/sudo', '/usr/bin/git', '/etc/ssl/certs']);
    const ran = await runScenario({ ...scenario(), user: 'root' });
    expect(ran.code, ran.log).toBe(0);
    expect(ran.log).toContain(
      'There are no CA certificates on this runner: Nix uses those that come with it.',
    );
    expect(annotations(ran.log, 'warning')).toEqual([
      'There is no git on this runner: Nix cannot read a flake in a Git repository, nor fetch inputs from one. Install git, or name ' +
        'flakes as path:….',
    ]);
    const bundle = ran.environment.get('NIX_SSL_CERT_FILE') ?? '';
    expect(await runner.output(['head', '-n1', bundle])).toContain('BEGIN CERTIFICATE');
  });

  it('gets Nix out of the cache of the job, and without xz, where an earlier job has kept it', async () => {
    await using cache = await CacheServer.start();
    const first = await runScenario(scenario(cache.env));
    expect(first.log).toMatch(/^installed Nix \S+ from http/m);
    const entries = (await cache.entries()).filter(({ key }) => key.includes('nix-2'));
    expect(entries).toHaveLength(1);
    const before = server.requests.length;

    await runner.stop();
    runner = await startNixHost({ name: 'runner', nix: 'none' });
    await runner.output(['rm', '/usr/bin/xz']);
    const second = await runScenario(scenario(cache.env));
    expect(second.code, second.log).toBe(0);
    expect(second.log).toMatch(/^installed Nix \S+ from the cache in /m);
    expect(server.requests.length).toBe(before);

    await runner.stop();
    runner = await startNixHost({ name: 'runner', nix: 'none' });
    await cache.damage(entries[0]?.key ?? '');
    const third = await runScenario(scenario(cache.env));
    expect(third.code, third.log).toBe(0);
    expect(third.log).toMatch(/^installed Nix \S+ from http/m);
  }, 120_000);

  it('is left alone when the step is cancelled while Nix comes', async () => {
    const stalled = { ...scenario().inputs, 'nix-install-url': server.base('stalled') };
    const live = await LiveStep.start({ ...scenario(), inputs: stalled });
    const comes = () => server.requests.some((url) => /^\/stalled\/.*\.tar\.xz$/.test(url));
    await waitUntil(comes, 'the request for the tarball');
    await live.signal('SIGINT');
    const { code, errors } = await live.ended();
    expect({ code, errors }).toEqual({ code: 1, errors: [expect.stringMatching(/cancelled/)] });
    expect(await live.post()).toMatchObject({ code: 0 });
    expect(await runner.output(['ls', '-A', '/nix'])).toBe('');
  });

  it('is not installed to its end before a step fails that cannot connect', async () => {
    const before = server.requests.length;
    const comes = () =>
      server.requests.slice(before).some((url) => /^\/stalled\/.*\.tar\.xz$/.test(url));
    const noSsh = createServer((socket) => {
      socket.on('error', () => undefined);
      void waitUntil(comes, 'the request for the tarball').then(() => socket.end('220 mail\r\n'));
    }).listen(0, '127.0.0.1');
    await once(noSsh, 'listening');
    const { port } = noSsh.address() as AddressInfo;
    const inputs = {
      ...scenario().inputs,
      'nix-install-url': server.base('stalled'),
      'known-hosts': builder.knownHosts(port),
    };
    const live = await LiveStep.start({ ...scenario(), inputs, port });
    await waitUntil(comes, 'the request for the tarball');
    // Without a byte, installing would go on for 20 s.
    await live.said(/^::error::.* is no SSH server: it says "220 mail"$/m, 12_000);
    expect((await live.ended()).errors).toHaveLength(1);
    noSsh.close();
    expect(await live.post()).toMatchObject({ code: 0 });
    expect(await runner.output(['ls', '-A', '/nix'])).toBe('');
  });

  it('is left by a killed step as the next one can do with it', async () => {
    const tar = [
      '#!/bin/sh',
      'head -c 20000000 | /usr/bin/tar "$@"',
      ': > /tmp/half',
      'sleep 1000',
    ];
    await runner.write('/usr/local', { 'bin/tar': `${tar.join('\n')}\n` });
    const live = await LiveStep.start(scenario());
    const isHalf = async () => (await runner.run(['test', '-e', '/tmp/half'])).code === 0;
    await waitUntil(isHalf, 'half of an installation', 30_000);
    await live.signal('SIGKILL');
    await live.ended();
    expect(await runner.output(['ls', '-A', '/nix'])).toMatch(/^\.nix-remote-build-/);
    expect(await live.post()).toMatchObject({ code: 0 });
    expect(await runner.output(['ls', '-A', '/nix'])).toBe('');
    await runner.output(['rm', '/usr/local/bin/tar']);

    const installed = await runScenario(scenario());
    expect(installed.code, installed.log).toBe(0);
    // As though it had been killed just before its last two acts.
    await runner.output(['rm', '-r', ROOTS, '/nix/var/nix/db']);
    const repaired = await runScenario(scenario());
    expect(repaired.code, repaired.log).toBe(0);
    expect(repaired.log).toMatch(/^installed Nix/m);
    const nix = await runner.output([
      'readlink',
      `${ROOTS}/${server.release.fileName.replace('.tar.xz', '')}`,
    ]);
    const query = [`${nix}/bin/nix-store`, '--query', '--hash', nix];
    expect(await runner.output(query, { user: 'sudoer' })).toMatch(/^sha256:/);
  }, 120_000);
});
