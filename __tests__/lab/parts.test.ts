import { describe, expect, it } from 'vitest';
import {
  BinaryCache,
  makeKey,
  recipes,
  setUpOpenssh,
  startBuilder,
  startLab,
  startNixHost,
  writeFlake,
} from '../../lab/index.ts';

describe('a builder', () => {
  it('lets in the keys that it is told, with the options that it is told', async () => {
    await using lab = await startLab();
    const { builder, runner, link } = lab;
    await setUpOpenssh(runner, 'ci', builder, link.port);
    const known = 'UserKnownHostsFile=/home/ci/.ssh/lab-known-hosts';
    const logIn = async (key: string) => {
      const options = ['-F', 'none', '-o', 'BatchMode=yes', '-o', known, '-i', key];
      const argv = ['ssh', ...options, '-p', `${link.port}`, 'ci@127.0.0.1', 'echo in'];
      const { stdout, stderr } = await runner.run(argv, { user: 'ci', timeoutMs: 10_000 });
      return stdout + stderr;
    };
    expect(await logIn('/home/ci/.ssh/lab-key')).toBe('in\n');

    const other = await makeKey(builder, { type: 'rsa' });
    await runner.write('/home/ci', { other: other.privateKey }, 'ci');
    await runner.output(['chmod', '600', 'other'], { user: 'ci' });
    expect(await logIn('/home/ci/other')).toContain('Permission denied');
    await builder.authorize('ci', other.publicKey, 'command="echo only this"');
    expect(await logIn('/home/ci/other')).toBe('only this\n');
  });

  it('has an sshd that can be stopped and started, and connections that can be dropped', async () => {
    await using lab = await startLab({ builder: { sshdConfig: ['MaxSessions 2'] } });
    const { builder, runner, link } = lab;
    await setUpOpenssh(runner, 'ci', builder, link.port);
    const session = runner.spawn(['ssh', 'builder', 'echo in; sleep 60'], { user: 'ci' });
    await new Promise((resolve) => session.stdout.once('data', resolve));
    await builder.sshd.stop();
    expect(session.running).toBe(true);
    await builder.dropConnections();
    expect((await session.exited).code).toBe(255);

    const argv = ['ssh', 'builder', 'echo in'];
    expect((await runner.run(argv, { user: 'ci' })).code).toBe(255);
    await builder.sshd.start();
    expect((await runner.run(argv, { user: 'ci' })).stdout).toBe('in\n');
  });
});

describe('a binary cache', () => {
  it('is substituted from by a builder that trusts its key, and by no other', async () => {
    await using cache = await BinaryCache.start();
    const attributes = { ...recipes.chain(3, 100_000), all: recipes.closure('all', ['chain2']) };
    const paths = await cache.publish(attributes);
    const all = paths['all'] ?? '';
    expect(all).toMatch(/^\/nix\/store\/.*-all$/);

    const substituters = [cache.url];
    await using trusting = await startBuilder({
      substituters,
      trustedPublicKeys: [cache.publicKey],
    });
    await trusting.output(['nix-store', '--realise', all], { user: 'ci' });
    expect((await trusting.allPaths()).length).toBeGreaterThanOrEqual(4);
    expect(cache.bytesServed).toBeGreaterThan(300_000);
    expect(cache.requests).toContain('/nix-cache-info');

    await using wary = await startNixHost({ substituters });
    const { code } = await wary.run(['nix-store', '--realise', all], { user: 'ci' });
    expect(code).not.toBe(0);
    expect(await wary.allPaths()).toEqual([]);
  });
});

describe('recipes', () => {
  it('do what they say', async () => {
    const features = 'experimental-features = nix-command flakes ca-derivations';
    await using host = await startNixHost({ nix: 'root-owned', nixConf: [features] });
    await writeFlake(host, '/srv/flake', {
      ...recipes.wide(3, 1000),
      ...recipes.chain(4, 10),
      gathered: recipes.closure('gathered', ['wide0', 'wide1', 'wide2', 'chain3']),
      random: recipes.randomFile('random', 5000),
      failing: recipes.failing('failing', 'so it goes'),
      printing: recipes.printing('printing', 20_000),
      throwing: recipes.throwing('no such luck'),
      imported: recipes.importFromDerivation('imported'),
      several: recipes.multipleOutputs('several', ['out', 'dev']),
      mismatch: recipes.hashMismatch('mismatch'),
      addressed: recipes.contentAddressed('addressed'),
      silent: recipes.silent('silent', 0),
      unsteady: recipes.notDeterministic('unsteady'),
      demanding: recipes.demanding('demanding', ['quantum']),
      foreign: recipes.foreign('foreign', 'riscv64-linux'),
    });
    const build = (name: string, ...more: string[]) =>
      host.run([
        'nix',
        'build',
        '--no-link',
        '-L',
        '--print-out-paths',
        `/srv/flake#${name}`,
        ...more,
      ]);
    const built = async (name: string) => (await build(name)).stdout.trim();

    const closure = await host.output(['nix-store', '-qR', await built('gathered')]);
    expect(closure.split('\n')).toHaveLength(8);
    expect(await host.read(await built('random'))).not.toBe('');
    expect(await host.read(await built('imported'))).toBe('imported\n');
    expect(await host.read(await built('addressed'))).toBe('addressed\n');
    expect(await host.read(await built('silent'))).toBe('done\n');
    expect((await build('several^*')).stdout.trim().split('\n')).toHaveLength(2);
    expect((await build('printing')).stderr.length).toBeGreaterThan(20_000);

    const stderr = async (name: string, ...more: string[]) => (await build(name, ...more)).stderr;
    expect(await stderr('failing')).toContain('so it goes');
    expect(await stderr('throwing')).toContain('no such luck');
    expect(await stderr('mismatch')).toContain('hash mismatch');
    expect(await stderr('demanding')).toContain('quantum');
    expect(await stderr('foreign')).toContain('riscv64-linux');
    await build('unsteady');
    expect(await stderr('unsteady', '--rebuild')).toContain('may not be deterministic');
  });
});
