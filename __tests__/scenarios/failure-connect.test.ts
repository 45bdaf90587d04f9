import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  makeKey,
  startBuilder,
  startNixHost,
  type Builder,
  type KeyPair,
  type NixHost,
} from '../../lab/index.ts';
import { expectNothingBegun, runToFailure, type FailedStep } from '../helpers/failed-step.ts';
import { installFakeDaemon } from '../helpers/fake-daemon.ts';
import type { Scenario } from '../helpers/scenario.ts';

/** Users of the builder whose way to Nix is obstructed, each in its own way. */
const SSHD_CONFIG = [
  'Match User forced',
  'SetEnv PATH=/opt/empty',
  'Match User trusted',
  'AllowStreamLocalForwarding no',
  'Match User owner',
  'AllowStreamLocalForwarding no',
  'MaxSessions 1',
  'Match all',
];

describe.concurrent('a remote that cannot be had', () => {
  let builder: Builder;
  let runner: NixHost;
  let stranger: KeyPair;
  let mute: Server;

  beforeAll(async () => {
    builder = await startBuilder({ suite: 'sid', sshdConfig: SSHD_CONFIG });
    runner = await startNixHost({ suite: 'sid', name: 'runner', nix: 'user-owned' });
    stranger = await makeKey(runner);
    mute = await listen(() => undefined);
  });

  afterAll(async () => {
    mute.close();
    await builder.stop();
    await runner.stop();
  });

  /** A step with everything right but what is said. */
  async function fail(scenario: Partial<Scenario>): Promise<FailedStep> {
    const attributes = { hello: 'sh "hello" "echo hello > $out"' };
    const failed = await runToFailure({ builder, runner, attributes, ...scenario });
    expect(failed.code, failed.log).toBe(1);
    expectNothingBegun(failed);
    return failed;
  }

  const fingerprint = async (publicKey: string) => {
    const text = await runner.output(['ssh-keygen', '-lf', '-'], { stdin: `${publicKey}\n` });
    return text.split(' ')[1] ?? '';
  };
  const hostKey = () => withoutComment(builder.hostKeys[0]);
  const place = () => `[127.0.0.1]:${builder.port}`;

  it('names the key of an unknown host, and the line to add', async () => {
    const other = `other.example.org ${hostKey()}`;
    const { errors, seconds } = await fail({ inputs: { 'known-hosts': other } });
    expect(errors).toEqual([
      `the host key of ${place()} is not in known-hosts; it presents ssh-ed25519 ${await fingerprint(hostKey())}. ` +
        'Compare that with `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` run on the builder itself (its key of that type). ' +
        `If they agree, add this line to the input known-hosts: ${place()} ${hostKey()}`,
    ]);
    expect(seconds).toBeLessThan(15);
  });

  it('says that no host key is known at all', async () => {
    const { errors } = await fail({ inputs: { 'known-hosts': '' } });
    expect(errors).toEqual([
      expect.stringMatching(
        /^no host key is known: known-hosts is empty, and 127\.0\.0\.1 presents ssh-ed25519 SHA256:\S+\. .* add this line to the input known-hosts: \[127\.0\.0\.1\]:\d+ ssh-ed25519 AAAA\S+$/,
      ),
    ]);
  });

  it('shows both fingerprints of a host whose key has changed', async () => {
    const known = `${place()} ${withoutComment(stranger.publicKey)}`;
    const { errors } = await fail({ inputs: { 'known-hosts': known } });
    expect(errors).toEqual([
      `the host key of ${place()} has changed: it presents ssh-ed25519 ${await fingerprint(hostKey())}, ` +
        `but known-hosts has ssh-ed25519 ${await fingerprint(stranger.publicKey)}. ` +
        'Somebody may be impersonating the builder. Only if its key was really replaced, put this into known-hosts in place of the ' +
        `old one: ${place()} ${hostKey()}`,
    ]);
  });

  it('refuses a revoked host key, though it is trusted as well', async () => {
    const known = `${builder.knownHosts()}@revoked * ${hostKey()}\n`;
    const { errors } = await fail({ inputs: { 'known-hosts': known } });
    expect(errors).toEqual([
      `the host key of 127.0.0.1 is marked @revoked in known-hosts: ssh-ed25519 ${await fingerprint(hostKey())}. ` +
        'Do not connect: ask whoever runs the builder which key it has now.',
    ]);
  });

  it('names the key and the user that were refused', async () => {
    const { errors } = await fail({ inputs: { 'ssh-key': stranger.privateKey } });
    expect(errors).toEqual([
      `127.0.0.1 does not let ci in: offered was ssh-ed25519 ${await fingerprint(stranger.publicKey)}. ` +
        'Is the user name right, and is the public half of the key a line of ~/.ssh/authorized_keys of ci on 127.0.0.1?',
    ]);
  });

  it('names a user that the builder does not have', async () => {
    const store = `ssh-ng://nobody-here@127.0.0.1:${builder.port}`;
    const { errors } = await fail({ inputs: { store } });
    expect(errors).toEqual([
      `127.0.0.1 does not let nobody-here in: offered was ssh-ed25519 ${await fingerprint(builder.key.publicKey)}. ` +
        'Is the user name right, and is the public half of the key a line of ~/.ssh/authorized_keys of nobody-here on 127.0.0.1?',
    ]);
  });

  it('says that a name does not resolve', async () => {
    const { errors } = await fail({ inputs: { store: 'ssh-ng://ci@builder.invalid' } });
    expect(errors).toEqual([
      'the host name builder.invalid does not resolve. Is it spelled right, and known to the name servers that this runner uses? A name that only ssh_config knows takes transport: openssh.',
    ]);
  });

  it('says that nothing listens on the port', async () => {
    const { errors, seconds } = await fail({ port: 1 });
    expect(errors).toEqual([
      '127.0.0.1 refuses connections on port 1: nothing listens there. Is sshd running on the builder, and is that its port?',
    ]);
    expect(seconds).toBeLessThan(15);
  });

  it('waits 15 s for a server that says nothing', async () => {
    const { errors, seconds } = await fail({ port: portOf(mute) });
    expect(errors).toEqual([
      `127.0.0.1, port ${portOf(mute)}, took the connection but said nothing within 15 s. ` +
        'Is that the port of an SSH server, and is the builder not overloaded?',
    ]);
    expect(seconds).toBeGreaterThan(15);
    expect(seconds).toBeLessThan(30);
  });

  it('says what else a port belongs to', async () => {
    const server = await listen((socket) => socket.end('220 mail.example.org ESMTP\r\n'));
    const port = portOf(server);
    const { errors } = await fail({ port });
    server.close();
    expect(errors).toEqual([
      `what listens on 127.0.0.1, port ${port}, is no SSH server: it says "220 mail.example.org ESMTP"`,
    ]);
  });

  it('says that Nix is not on the PATH of an SSH session', async () => {
    const { errors } = await fail({ login: 'forced' });
    expect(errors).toEqual([
      `ssh-ng://forced@127.0.0.1:${builder.port}: nix-daemon could not be started: sh: 1: nix-daemon: not found. ` +
        'Install Nix there, or name the program in the store URI, for example ' +
        '?remote-program=/nix/var/nix/profiles/default/bin/nix-daemon: PATH of a non-interactive shell often lacks it.',
    ]);
  });

  it('says that the program of the store URI is not there', async () => {
    const { errors } = await fail({ query: 'remote-program=/opt/nowhere/nix-daemon' });
    expect(errors).toEqual([
      expect.stringMatching(
        /^ssh-ng:\/\/ci@127\.0\.0\.1:\d+: nix-daemon could not be started: sh: 1: \/opt\/nowhere\/nix-daemon: not found\. Install Nix there, /,
      ),
    ]);
  });

  it('shows what a start file of the shell prints before the protocol', async () => {
    // bash reads it for every command that sshd runs.
    await builder.output(['usermod', '--shell', '/bin/bash', 'trusted']);
    await builder.write('/home/trusted', { '.bashrc': 'echo "Welcome to builder 7"\n' }, 'trusted');
    const { errors } = await fail({ login: 'trusted' });
    expect(errors).toEqual([
      `ssh-ng://trusted@127.0.0.1:${builder.port}: expected a Nix daemon, but the first output is "Welcome to builder 7". ` +
        'Something on the remote prints to standard output before nix-daemon speaks, usually a shell start file ' +
        '(.bashrc, .profile, /etc/profile.d). It must print nothing in non-interactive shells.',
    ]);
  });

  it('names the version of a daemon that is too old', async () => {
    // Nix 2.3 speaks 1.21.
    const query = await installFakeDaemon(builder, 'old', "say(u64('0x6478696f'), u64(0x115));");
    const { errors } = await fail({ query });
    expect(errors).toEqual([
      `ssh-ng://ci@127.0.0.1:${builder.port}: the daemon speaks worker protocol 1.21 (Nix 2.0 to 2.3); 1.32 (Nix 2.4) or newer is needed. ` +
        'Upgrade Nix on that machine to 2.4 or newer, and restart its nix-daemon.',
    ]);
  });

  it('names a daemon that is no daemon', async () => {
    const query = 'remote-program=/bin/echo';
    const { errors } = await fail({ query });
    expect(errors).toEqual([
      expect.stringMatching(
        /^ssh-ng:\/\/ci@127\.0\.0\.1:\d+: expected a Nix daemon, but the first output is "--stdio"\. /,
      ),
    ]);
  });

  it('builds with one session where sshd allows no more', async () => {
    const attributes = { one: 'sh "one" "echo one > $out"' };
    const { code, errors, statuses } = await runToFailure({
      builder,
      runner,
      attributes,
      login: 'owner',
    });
    expect({ code, errors, statuses }).toEqual({ code: 0, errors: [], statuses: { one: 'built' } });
  });

  it('names MaxSessions where copying back takes a second session, and ends', async () => {
    const { code, errors, results } = await runToFailure({
      builder,
      runner,
      attributes: { two: 'sh "two" "echo two > $out"' },
      login: 'owner',
      inputs: { 'copy-outputs': 'true' },
    });
    expect(code).toBe(1);
    expect(results).toMatchObject([
      { status: 'built', copied: false, error: { code: 'channel-refused' } },
    ]);
    expect(errors[0]).toMatch(
      /^owner@127\.0\.0\.1:\d+ opens neither the Nix daemon's socket nor `nix-daemon --stdio`: .*MaxSessions must allow two of them at once\.$/,
    );
  });
});

async function listen(serve: (socket: Socket) => void): Promise<Server> {
  const server = createServer(serve).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

/** `ssh-ed25519 AAAA…` */
function withoutComment(publicKey = ''): string {
  return publicKey.split(' ').slice(0, 2).join(' ');
}
