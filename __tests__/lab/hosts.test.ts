import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBuilder, startNixHost, SUITES, writeFlake } from '../../lab/index.ts';
import type { Builder, NixHost } from '../../lab/index.ts';

describe.each(SUITES)('a builder and a runner of Debian %s', (suite) => {
  let builder: Builder;
  let runner: NixHost;

  beforeAll(async () => {
    [builder, runner] = await Promise.all([
      startBuilder({ suite }),
      startNixHost({ suite, name: 'runner' }),
    ]);
    await writeFlake(runner, '/home/ci/flake', { hello: 'sh "hello" "echo hello > $out"' }, 'ci');
    await runner.write(
      '/home/ci/.ssh',
      {
        config: `Host builder\n  HostName 127.0.0.1\n  Port ${builder.port}\n  IdentityFile ~/.ssh/key\n`,
        known_hosts: builder.knownHosts(),
        key: builder.key.privateKey,
      },
      'ci',
    );
    await runner.output(['chmod', '600', '.ssh/key'], { user: 'ci' });
  });

  afterAll(async () => {
    await Promise.all([builder.stop(), runner.stop()]);
  });

  it.each(['ci', 'forced', 'trusted', 'root'] as const)(
    'build with stock Nix, logged in as %s',
    async (login) => {
      const store = `ssh-ng://${login}@builder`;
      const argv = ['nix', 'build', '--eval-store', 'auto', '--store', store, '.#hello'];
      await runner.output(argv, { user: 'ci', cwd: '/home/ci/flake' });

      const out = await runner.output(['nix', 'eval', '--raw', '.#hello'], {
        user: 'ci',
        cwd: '/home/ci/flake',
      });
      expect(await builder.read(out)).toBe('hello\n');
      expect(await builder.validPaths([out])).toContain(out);
      expect(await runner.validPaths([out])).toEqual(new Set());
    },
  );
});
