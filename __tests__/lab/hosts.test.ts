import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  recipes,
  setUpOpenssh,
  startLab,
  startNixHost,
  until,
  within,
  writeFlake,
  type Lab,
  type NixSetup,
  type UserName,
} from '../../lab/index.ts';
import { TESTED_SUITES } from '../helpers/suites.ts';

describe.each(TESTED_SUITES)('a lab of Debian %s', (suite) => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await startLab({ builder: { suite }, runner: { suite }, link: { roundTripMs: 4 } });
    await writeFlake(
      lab.runner,
      '/home/ci/flake',
      { hello: 'sh "hello" "echo hello > $out"' },
      'ci',
    );
    await setUpOpenssh(lab.runner, 'ci', lab.builder, lab.link.port);
  });

  afterAll(() => lab.stop());

  it.each(['ci', 'forced', 'trusted', 'root'] as const)(
    'builds with stock Nix over the link, logged in as %s',
    async (login) => {
      const { builder, runner, link } = lab;
      const inFlake = { user: 'ci', cwd: '/home/ci/flake' } as const;
      const store = `ssh-ng://${login}@builder`;
      const before = await link.counters();
      const build = ['nix', 'build', '--eval-store', 'auto', '--store', store, '.#hello'];
      await runner.output(build, inFlake);

      const out = await runner.output(['nix', 'eval', '--raw', '.#hello'], inFlake);
      expect(await builder.read(out)).toBe('hello\n');
      expect(await builder.validPaths([out])).toContain(out);
      expect(await runner.validPaths([out])).toEqual(new Set());
      const after = await link.counters();
      expect(after.up).toBeGreaterThan(before.up + 1000);
      expect(after.connections).toBeGreaterThan(before.connections);
    },
  );

  it('lets the forced user run nothing but nix-daemon --stdio', async () => {
    const argv = ['ssh', 'forced@builder', 'echo', 'free'];
    const { stdout } = await lab.runner.run(argv, { user: 'ci', timeoutMs: 5000 });
    expect(stdout).not.toContain('free');
  });

  it('has the version that its root folder says', async () => {
    const { nixVersion } = lab.builder.root;
    expect(await lab.builder.output(['nix', '--version'])).toContain(nixVersion);
  });

  it('answers on the daemon socket, seen from outside, and on nix-daemon --stdio', async () => {
    // The worker protocol's two magic numbers (worker-protocol.hh).
    const greeting = Buffer.alloc(8);
    greeting.writeUInt32LE(0x6e697863);
    const answerTo = 0x6478696f;
    const socket = connect(lab.runner.socketPath);
    socket.write(greeting);
    const [answer] = (await within(20_000, 'greeting', once(socket, 'data'))) as [Buffer];
    expect(answer.readUInt32LE(0)).toBe(answerTo);
    socket.destroy();

    const daemon = lab.runner.stdioDaemon('ci');
    daemon.stdin.write(greeting);
    const [spoken] = (await within(20_000, 'greeting', once(daemon.stdout, 'data'))) as [Buffer];
    expect(spoken.readUInt32LE(0)).toBe(answerTo);
    await daemon.stop();
  });
});

const OWNERS: readonly (readonly [NixSetup, UserName])[] = [
  ['daemon', 'ci'],
  ['root-owned', 'root'],
  ['user-owned', 'owner'],
];

describe.each(TESTED_SUITES)('a runner of Debian %s', (suite) => {
  it.each(OWNERS)('whose Nix is %s builds for %s', async (nix, user) => {
    await using runner = await startNixHost({ suite, nix });
    await writeFlake(runner, '/srv/flake', { small: recipes.file('small', 10) }, user, {
      git: true,
    });
    await runner.output(['nix', 'build', '.#small'], { user, cwd: '/srv/flake' });
    expect(await runner.output(['readlink', 'result'], { cwd: '/srv/flake' })).toMatch(/-small$/);
    const owner = await runner.output(['stat', '-c', '%U', '/nix/store']);
    expect(owner).toBe(nix === 'user-owned' ? 'owner' : 'root');
  });
});

describe('a host', () => {
  it('passes variables of any name, standard input, exit codes and bytes', async () => {
    await using host = await startNixHost();
    const text = await host.output(['env'], {
      user: 'ci',
      env: { 'INPUT_SSH-KEY': 'a\nb', LANG: undefined },
    });
    expect(text).toContain('INPUT_SSH-KEY=a\nb');
    expect(text).toContain('HOME=/home/ci');
    expect(text).not.toContain('LANG=');
    const bytes = Buffer.from([0, 255, 10, 128]);
    expect((await host.run(['cat'], { stdin: bytes })).stdoutBytes).toEqual(bytes);
    expect(await host.run(['sh', '-c', 'exit 7'])).toMatchObject({ code: 7, signal: undefined });
    await expect(host.output(['sh', '-c', 'echo why >&2; exit 7'])).rejects.toThrow(
      /with 7[^]*why/,
    );
  });

  it('hands a signal to the process that is meant, and reports how it ended', async () => {
    await using host = await startNixHost();
    const trapped = host.spawn([
      'sh',
      '-c',
      'trap "echo caught; exit 3" INT; echo set; while :; do sleep 0.05; done',
    ]);
    await within(20_000, 'trap', once(trapped.stdout, 'data'));
    const end = trapped.collect();
    await trapped.signal('SIGINT');
    expect(await within(20_000, 'end', end)).toMatchObject({ code: 3, stdout: 'caught\n' });

    const plain = host.spawn(['sleep', '60'], { user: 'ci' });
    await plain.signal('SIGTERM');
    expect(await within(20_000, 'end', plain.exited)).toEqual({
      code: undefined,
      signal: 'SIGTERM',
    });
  });

  it('says what it waited for when a program takes too long, and ends it', async () => {
    await using host = await startNixHost();
    const endless = host.run(['sh', '-c', 'echo still here; exec sleep 1000'], { timeoutMs: 300 });
    await expect(endless).rejects.toThrow(/sleep 1000[^]*0\.3 s[^]*still here/);
    const sleepers = async () =>
      (await host.processes()).filter(({ argv }) => argv[0] === 'sleep').length;
    await until(20_000, 'end of sleep', async () => (await sleepers()) === 0);
  });

  it('can have a disk that fills up', async () => {
    await using host = await startNixHost({ nixSize: '32m', nix: 'root-owned' });
    await writeFlake(host, '/srv/flake', { large: recipes.file('large', 64 << 20) });
    const { code, stderr } = await host.run(['nix', 'build', '/srv/flake#large']);
    expect(code).toBe(1);
    expect(stderr).toContain('No space left on device');
  });

  it('knows the builds that run on it', async () => {
    await using host = await startNixHost();
    await writeFlake(host, '/srv/flake', { nap: recipes.slow('nap', 30) });
    expect(await host.builds()).toEqual([]);
    const build = host.spawn(['nix', 'build', '/srv/flake#nap']);
    await until(20_000, 'build', async () => (await host.builds()).length > 0);
    await build.signal('SIGINT');
    await until(20_000, 'end of the build', async () => (await host.builds()).length === 0);
  });

  it('has a daemon that can be frozen, stopped and configured anew', async () => {
    await using host = await startNixHost();
    const ask = () =>
      host.run(['nix', 'store', 'ping', '--store', 'daemon'], { user: 'ci', timeoutMs: 1000 });
    expect((await ask()).code).toBe(0);
    await host.daemon?.pause();
    await expect(ask()).rejects.toThrow(/not within 1 s/);
    await host.daemon?.resume();
    expect((await ask()).code).toBe(0);
    await host.daemon?.stop();
    expect((await ask()).code).toBe(1);
    await host.configure(['max-jobs = 7']);
    expect((await ask()).code).toBe(0);
  });
});
