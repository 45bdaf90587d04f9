import { createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { appendFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  makeKey,
  setUpOpenssh,
  startBuilder,
  startNixHost,
  until,
  writeFlake,
  type Builder,
  type NixHost,
  type Suite,
  type UserName,
} from '../../lab/index.ts';
import { diagnose, idsIn } from '../../src/diagnose/diagnose.ts';
import { TESTED_SUITES } from '../helpers/suites.ts';

/** Real Nix and real OpenSSH fail, each in another way; the ids are those of src/diagnose/texts/. */
describe.each(TESTED_SUITES)('what stock Nix and OpenSSH of %s say', (suite: Suite) => {
  let builder: Builder;
  let runner: NixHost;
  let isOld: boolean;
  const servers: ReturnType<typeof createServer>[] = [];

  beforeAll(async () => {
    [builder, runner] = await Promise.all([
      startBuilder({ suite }),
      startNixHost({ suite, name: 'runner', nix: 'user-owned' }),
    ]);
    isOld = runner.root.nixVersion.startsWith('2.8.');
    await setUpOpenssh(runner, 'owner', builder);
    const far = 'Host far\n  HostName 127.0.0.1\n  Port 1\n  ProxyJump builder\n';
    await appendFile(runner.path('/home/owner/.ssh/config'), far);
    const stranger = await makeKey(runner);
    const { key } = builder;
    const keys = Array.from({ length: 7 }, async (_, index) => {
      const { privateKey } = await makeKey(runner);
      return [`many-${index}`, privateKey] as const;
    });
    await runner.write(
      '/home/owner/keys',
      {
        ...Object.fromEntries(await Promise.all(keys)),
        stranger: stranger.privateKey,
        open: key.privateKey,
        cut: key.privateKey.slice(0, 120),
        'other-hosts': `[127.0.0.1]:${builder.port} ${stranger.publicKey}\n`,
        'revoked-hosts': `@revoked * ${builder.hostKeys[0]}\n`,
        'bad-config': 'Hots builder\n',
      },
      'owner',
    );
    const mode = 'cd /home/owner/keys && chmod 600 * && chmod 644 open';
    await runner.output(['sh', '-c', mode], { user: 'owner' });
    await writeFlake(runner, '/home/owner/flake', FLAKE, 'owner');
    await writeFlake(runner, '/home/owner/git', { a: 'import ./new.nix' }, 'owner', { git: true });
    await runner.write('/home/owner/git', { 'new.nix': '1' }, 'owner');
    await runner.write('/home/owner/empty', { 'no-flake': '' }, 'owner');
  });

  afterAll(async () => {
    for (const server of servers) server.close();
    await builder.stop();
    await runner.stop();
  });

  interface Running {
    readonly host?: NixHost;
    readonly user?: UserName;
    readonly env?: Readonly<Record<string, string>>;
    readonly cwd?: string;
  }

  /** What a command that fails says. */
  async function said(argv: readonly string[], running: Running = {}): Promise<string> {
    const { host = runner, user = 'owner', env = {}, cwd = '/home/owner/flake' } = running;
    const { code, stderr } = await host.run(argv, { user, env, cwd });
    expect(code, stderr).not.toBe(0);
    return stderr;
  }

  const reach = (store: string, env: Readonly<Record<string, string>> = {}) =>
    said(['nix', 'path-info', '--store', store, NOWHERE], { env });

  /** By the builder's address, with options of OpenSSH. */
  const sshWith = (options: string, port = builder.port) =>
    reach('ssh-ng://ci@127.0.0.1', {
      NIX_SSHOPTS: `-F none -p ${port} ${options}`,
    });
  const TRUSTING = '-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null';
  const KEY = '-i /home/owner/.ssh/lab-key -o IdentitiesOnly=yes';

  const build = (name: string, ...args: readonly string[]) =>
    said(['nix', 'build', '--no-link', `path:.#${name}`, ...args]);

  async function listen(serve: (socket: Socket) => void): Promise<number> {
    const server = createServer((socket) => {
      socket.on('error', () => undefined); // the client may be gone first
      serve(socket);
    }).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  interface Case {
    readonly id: string;
    readonly text: () => Promise<string>;
    /** Where it is another on Nix 2.8 and OpenSSH 9.2, or on what is newer; null: nothing is known. */
    readonly old?: string | null;
    readonly recent?: string;
    /** What it may be as well, as the ends of two processes race. */
    readonly or?: string;
    readonly remedy?: RegExp;
  }

  const cases: readonly Case[] = [
    {
      id: 'ssh-name-unknown',
      text: () => reach('ssh-ng://builder.invalid'),
      remedy: /Correct the name/,
    },
    { id: 'ssh-refused', text: () => sshWith(`${TRUSTING} ${KEY}`, 1), remedy: /^Start sshd on/ },
    {
      id: 'ssh-no-answer',
      text: async () => sshWith('-o ConnectTimeout=1', await listen(() => undefined)),
    },
    {
      id: 'ssh-turned-away',
      or: 'ssh-closed',
      text: async () => sshWith('', await listen((socket) => socket.destroy())),
      remedy: /MaxStartups/,
    },
    {
      id: 'ssh-no-server',
      text: async () =>
        sshWith('', await listen((socket) => socket.end('220 mail\0.example.org ESMTP\r\n'))),
    },
    {
      id: 'ssh-denied',
      text: () => sshWith(`${TRUSTING} -i /home/owner/keys/stranger -o IdentitiesOnly=yes`),
      remedy: /authorized_keys/,
    },
    {
      id: 'ssh-too-many-keys',
      // sshd 10 has another way to count.
      recent: 'ssh-denied',
      text: () => {
        const keys = Array.from({ length: 7 }, (_, index) => `-i /home/owner/keys/many-${index}`);
        return sshWith(`${TRUSTING} -o IdentitiesOnly=yes ${keys.join(' ')}`);
      },
    },
    {
      id: 'ssh-key-unreadable',
      text: () => sshWith(`${TRUSTING} -i /home/owner/keys/cut -o IdentitiesOnly=yes`),
      remedy: /> \/home\/owner\/keys\/cut; chmod 600/,
    },
    {
      id: 'ssh-key-open',
      text: () => sshWith(`${TRUSTING} -i /home/owner/keys/open -o IdentitiesOnly=yes`),
      remedy: /^`chmod 600 \/home\/owner\/keys\/open`/,
    },
    {
      id: 'ssh-host-key-unknown',
      text: () => sshWith('-o StrictHostKeyChecking=yes -o UserKnownHostsFile=/dev/null'),
      remedy: /put it behind `\[127\.0\.0\.1\]:\d+` into known_hosts/,
    },
    { id: 'ssh-host-key-unverified', text: () => sshWith('-o UserKnownHostsFile=/dev/null') },
    {
      id: 'ssh-host-key-changed',
      text: () => sshWith('-o UserKnownHostsFile=/home/owner/keys/other-hosts'),
      remedy: /ssh-keygen -R \[127\.0\.0\.1\]:\d+/,
    },
    {
      id: 'ssh-host-key-revoked',
      text: () => sshWith('-o UserKnownHostsFile=/home/owner/keys/revoked-hosts'),
      remedy: /^Do not connect/,
    },
    {
      id: 'ssh-host-key-types',
      text: () => sshWith('-o HostKeyAlgorithms=rsa-sha2-512'),
      remedy: /ssh_host_\*_key\.pub/,
    },
    { id: 'ssh-jump-failed', text: () => reach('ssh-ng://ci@far'), remedy: /AllowTcpForwarding/ },
    {
      id: 'offload-socket-gone',
      text: () => reach('unix:///tmp/nix-remote-build.sock'),
      remedy: /Set up anew/,
    },
    {
      id: 'ssh-no-common-algorithm',
      text: () => sshWith('-o Ciphers=aes256-cbc'),
      remedy: /Ciphers/,
    },
    {
      id: 'ssh-configuration',
      text: () => reach('ssh-ng://ci@builder', { NIX_SSHOPTS: '-F /home/owner/keys/bad-config' }),
    },
    {
      id: 'ssh-missing',
      text: () =>
        said(['/usr/bin/nix', 'path-info', '--store', 'ssh-ng://ci@builder', NOWHERE], {
          env: { PATH: '/nowhere' },
        }),
    },
    {
      id: 'ssh-not-started',
      old: 'remote-ended',
      text: () => sshWith(`-q ${TRUSTING} ${KEY}`, 1),
    },
    {
      id: 'nix-not-on-path',
      text: () => reach('ssh-ng://ci@builder?remote-program=/opt/nowhere/nix-daemon'),
      remedy: /remote-program=/,
    },
    {
      id: 'nix-not-on-path-here',
      text: () => said(['sh', '-c', 'PATH=/nowhere; nix build']),
    },
    { id: 'remote-ended', text: () => reach('ssh-ng://ci@builder?remote-program=true') },
    {
      id: 'serve-ended',
      or: 'remote-ended',
      text: () => reach('ssh://ci@builder?remote-program=true'),
    },
    {
      id: 'shell-noise',
      text: () => reach('ssh-ng://ci@builder?remote-program=echo'),
      remedy: /print nothing in non-interactive shells/,
    },
    {
      id: 'daemon-stopped',
      text: () => reach('unix:///tmp/no-daemon.sock'),
      remedy: /systemctl start nix-daemon\.socket/,
    },
    {
      id: 'store-of-another',
      text: () =>
        said(['nix-store', '--store', 'local', '--delete', NOWHERE], {
          host: builder,
          user: 'ci',
          cwd: '/tmp',
        }),
    },
    {
      id: 'signature-missing',
      text: async () => {
        const [path = ''] = (
          await runner
            .output(['nix', 'build', '--no-link', '--json', 'path:.#good'], {
              user: 'owner',
              cwd: '/home/owner/flake',
            })
            .then((json) => JSON.parse(json) as { outputs: { out: string } }[])
        ).map(({ outputs }) => outputs.out);
        return said(['nix', 'copy', '--to', 'ssh-ng://ci@builder', path]);
      },
      remedy: /trusted-users/,
    },
    {
      id: 'untrusted-builds-nothing',
      text: () =>
        build('featureless', '--max-jobs', '0', '--builders', 'ssh://ci@builder x86_64-linux'),
      remedy: /mode: remote-store/,
    },
    {
      id: 'not-privileged',
      text: async () => {
        const file = '/nix/store/00000000000000000000000000000000-none.drv';
        return said(['nix-store', '--realise', '--repair', file], {
          host: builder,
          user: 'ci',
          cwd: '/tmp',
        });
      },
    },
    {
      id: 'system-or-features',
      text: () => build('foreign'),
      remedy: /extra-platforms/,
    },
    {
      id: 'no-machine-fits',
      text: () => build('demanding', '--builders', 'ssh-ng://ci@builder x86_64-linux - 1 1'),
      remedy: /supportedFeatures/,
    },
    {
      id: 'machine-not-reached',
      text: () =>
        build(
          'demanding',
          '--builders',
          'ssh-ng://ci@builder?remote-program=true x86_64-linux - 1 1 not-there',
        ),
    },
    {
      id: 'no-jobs',
      text: () => build('good2', '--max-jobs', '0', '--builders', ''),
      remedy: /Leave max-jobs out/,
    },
    {
      id: 'machines-line',
      text: () => build('good3', '--builders', 'ssh-ng://builder x86_64-linux - many'),
    },
    {
      id: 'lock-name-too-long',
      text: () =>
        build(
          'good4',
          '--max-jobs',
          '0',
          '--builders',
          `ssh-ng://ci@builder?ssh-key=/${'x'.repeat(300)} x86_64-linux`,
        ),
    },
    {
      id: 'flake-file-missing',
      text: () => said(['nix', 'build', '--no-link', 'path:/home/owner/empty']),
    },
    {
      id: 'feature-disabled',
      text: () => said(['nix', '--experimental-features', '', 'build', 'path:.#good']),
      remedy: /experimental-features = nix-command flakes nix-command/,
    },
    {
      id: 'no-flake',
      text: () => said(['nix', 'build', '--no-link'], { cwd: '/home/owner/empty' }),
      remedy: /actions\/checkout/,
    },
    {
      id: 'untracked-file',
      text: () => said(['nix', 'build', '--no-link', '.#a'], { cwd: '/home/owner/git' }),
      remedy: /git add it/,
    },
    { id: 'impure', text: () => build('impure'), remedy: /--impure/ },
    {
      id: 'hash-mismatch',
      text: () => build('wrong-hash'),
      remedy: /put sha256-\S+ in place of sha256-/,
    },
    { id: 'timed-out', text: () => build('slow', '--timeout', '1'), remedy: /`timeout`/ },
    { id: 'silent', recent: 'timed-out', text: () => build('slow', '--max-silent-time', '1') },
    {
      id: 'builder-killed',
      text: async () => {
        const failed = build('killed');
        const builders = await until(30_000, 'the build that is to be killed', async () => {
          const all = await runner.processes();
          const ours = all.filter(({ argv }) => /^(?:sleep )?61$/.test(argv.at(-1) ?? ''));
          return ours.length > 0 ? ours : undefined;
        });
        await runner.run(['kill', '-9', ...builders.map(({ pid }) => `${pid}`)]);
        return failed;
      },
      remedy: /out of memory/,
    },
    { id: 'builder-failed', text: () => build('failing') },
    { id: 'output-missing', text: () => build('outputless'), remedy: /mkdir -p \$out/ },
    {
      id: 'not-deterministic',
      text: async () => {
        await runner.output(['nix', 'build', '--no-link', 'path:.#random'], {
          user: 'owner',
          cwd: '/home/owner/flake',
        });
        return build('random', '--rebuild');
      },
    },
    { id: 'nothing-to-rebuild', text: () => build('good5', '--rebuild') },
    { id: 'input-gone', old: null, text: () => said(['nix-store', '--realise', NOWHERE]) },
    { id: 'path-not-valid', text: () => said(['nix-store', '--query', '--references', NOWHERE]) },
    {
      id: 'store-builds-nothing',
      text: () => build('good6', '--store', 'ssh://ci@builder', '--eval-store', 'auto'),
      remedy: /For `ssh:\/\/` write `ssh-ng:\/\/`/,
    },
    {
      id: 'operation-unsupported',
      text: () =>
        said(['nix-store', '--store', 'ssh://ci@builder', '--query', '--referrers', NOWHERE]),
    },
    {
      id: 'ssh-no-shell',
      // There is no nologin on that one, so sshd refuses such a user at all.
      recent: 'ssh-denied',
      text: async () => {
        await builder.output(['usermod', '--shell', '/usr/sbin/nologin', 'sudoer']);
        return reach('ssh-ng://sudoer@builder');
      },
    },
  ];

  test.concurrent.each(cases)(
    '$id',
    async ({ id, text, old = id, recent = id, or, remedy = /./ }) => {
      const words = await text();
      const found = diagnose(words);
      const expected = isOld ? old : recent;
      expect([expected, or], words).toContain(found?.id ?? null);
      if (found?.id === id) expect(found.remedy).toMatch(remedy);
    },
  );

  test('[dependency-failed] is an echo, [unknown-paths] of no harm', async () => {
    const failed = await build('on-failing');
    expect(idsIn(failed), failed).toContain('dependency-failed');
    expect(diagnose(failed)?.id).toBe('builder-failed');
    const unknown = await said(['nix-store', '--realise', NOWHERE]);
    expect(idsIn(unknown), unknown).toContain('unknown-paths');
  });

  test('[setting-ignored] and [substituter-ignored] are told by a daemon that does not trust', async () => {
    const told = async (name: string, value: string) => {
      const argv = ['nix', 'store', 'ping', '--option', name, value];
      return (await builder.run(argv, { user: 'ci' })).stderr;
    };
    const substituter = await told('substituters', 'https://cache.example.org');
    expect(diagnose(substituter)?.id, substituter).toBe('substituter-ignored');
    const setting = await told('sandbox', 'false');
    // Nix 2.8 says nothing.
    expect(diagnose(setting)?.id, setting).toBe(isOld ? undefined : 'setting-ignored');
  });
});

const NOWHERE = '/nix/store/00000000000000000000000000000000-nowhere';

const sleeping = 'sh "slow" "sleep 60"';

const FLAKE = {
  good: 'sh "good" "echo good > $out"',
  good2: 'sh "good2" "echo good2 > $out"',
  good3: 'sh "good3" "echo good3 > $out"',
  good4: 'sh "good4" "echo good4 > $out"',
  good5: 'sh "good5" "echo good5 > $out"',
  good6: 'sh "good6" "echo good6 > $out"',
  featureless: 'sh "featureless" "echo featureless > $out"',
  foreign: 'shWith "foreign" { system = "riscv64-linux"; } "echo > $out"',
  demanding: 'shWith "demanding" { requiredSystemFeatures = [ "not-there" ]; } "echo > $out"',
  impure: 'sh "impure" "${builtins.readFile /etc/hostname}"',
  'wrong-hash':
    'shWith "wrong-hash" { outputHash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="; outputHashMode = "flat"; } "echo x > $out"',
  slow: sleeping,
  killed: 'sh "killed" "sleep 61"',
  failing: 'sh "failing" "echo no; exit 1"',
  'on-failing': 'sh "on-failing" "cat ${failing} > $out"',
  outputless: 'sh "outputless" "true"',
  random: 'sh "random" "head -c 20 /dev/urandom > $out"',
};
