import { describe, expect, test } from 'vitest';

import type { ErrorCode } from '../../src/domain/errors.ts';
import {
  clientArguments,
  clientConfiguration,
  clientFiles,
  pinnedLines,
} from '../../src/ssh/openssh/configuration.ts';
import { pinnedHostKey } from '../../src/domain/known-hosts.ts';
import { clientFailure, lossReason } from '../../src/ssh/openssh/failure.ts';
import { DEFAULT_TIMEOUTS, type OpensshOptions } from '../../src/ssh/options.ts';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFs2sy3uyQTVGlHTDDjkyv4/YGYjAxxGwyvsCDjTh1sA';

const OPTIONS: OpensshOptions = {
  transport: 'openssh',
  host: 'builder',
  port: 22,
  user: undefined,
  identity: { kind: 'configured' },
  hostKeys: { knownHosts: undefined, pinned: undefined },
  env: { SSH_AUTH_SOCK: '/agent' },
  directory: '/tmp/own',
};

const FILES = clientFiles('/tmp/own/ssh-1');

const linesOf = (changes: Partial<OpensshOptions>): readonly string[] =>
  clientConfiguration({ ...OPTIONS, ...changes }, FILES, DEFAULT_TIMEOUTS, {
    major: 9,
    minor: 2,
  }).split('\n');

describe('the words that start a client', () => {
  test('leave to its configuration what the URI does not say', () => {
    expect(clientArguments(OPTIONS, FILES)).toEqual([
      ...['ssh', '-F', '/tmp/own/ssh-1/config', '-N', '-T', '-M', '-S', '/tmp/own/ssh-1/control'],
      ...['-o', 'PermitLocalCommand=yes', '-o', "LocalCommand=echo 'ready %r'", '--', 'builder'],
    ]);
  });

  test('say what the URI says, and pin a key for this host alone', () => {
    const pinned = pinnedHostKey(KEY);
    const hostKeys = { knownHosts: undefined, pinned };
    const words = clientArguments({ ...OPTIONS, user: 'ci', port: 2222, hostKeys }, FILES);
    expect(words.slice(12)).toEqual([
      ...['-o', 'UserKnownHostsFile=/tmp/own/ssh-1/pinned'],
      ...['-o', 'GlobalKnownHostsFile=/dev/null', '-o', 'HostKeyAlias=pinned'],
      ...['-p', '2222', '-l', 'ci', '--', 'builder'],
    ]);
    expect(pinnedLines({ ...pinned, revoked: pinned.trusted })).toBe(
      `pinned ${KEY}\n@revoked pinned ${KEY}\n`,
    );
  });
});

describe('the configuration', () => {
  test('is strict before the user and the machine are heard, whatever it logs in with', () => {
    const lines = linesOf({});
    const include = lines.indexOf('Include ~/.ssh/config');
    expect(lines.slice(include)).toEqual([
      'Include ~/.ssh/config',
      'Include /etc/ssh/ssh_config',
      '',
    ]);
    const before = lines.slice(0, include);
    for (const line of [
      'BatchMode yes',
      'StrictHostKeyChecking yes',
      'NoHostAuthenticationForLocalhost no',
      'ClearAllForwardings yes',
      'ServerAliveInterval 12',
    ]) {
      expect(before).toContain(line);
    }
    expect(before.join('\n')).not.toMatch(/KnownHostsFile|Identit|Compression/);
  });

  test('knows the hosts that are given, and no others', () => {
    const lines = linesOf({ hostKeys: { knownHosts: 'x', pinned: undefined }, compress: true });
    expect(lines).toEqual(
      expect.arrayContaining([
        'UserKnownHostsFile /tmp/own/ssh-1/known-hosts',
        'GlobalKnownHostsFile /dev/null',
        'Compression yes',
      ]),
    );
  });

  test('has the client ask our agent, or read a file by itself', () => {
    expect(linesOf({ identity: { kind: 'keys', keys: [] } })).toEqual(
      expect.arrayContaining(['IdentityAgent /tmp/own/ssh-1/agent', 'IdentityFile none']),
    );
    expect(linesOf({ identity: { kind: 'file', path: '/keys/50% of "it"' } })).toContain(
      'IdentityFile "/keys/50%% of \\"it\\""',
    );
  });
});

/** As OpenSSH 9.2 says it, unless there is a version. */
const FAILURES: readonly (readonly [string, ErrorCode, RegExp])[] = [
  ['ssh: connect to host builder port 22: No route to host', 'host-unreachable', /No route/],
  ['ssh: connect to host builder port 22: Connection timed out', 'connect-timeout', /port 22/],
  ['Connection timed out during banner exchange', 'connect-timeout', /did not answer/],
  [
    'ssh: Could not resolve hostname way: Name or service not known\nConnection closed by UNKNOWN port 65535',
    'host-unresolvable',
    /host name way/,
  ],
  [
    'channel 0: open failed: connect failed: Connection refused\nstdio forwarding failed\nConnection closed by UNKNOWN port 65535',
    'host-unreachable',
    /builder cannot be reached from the host on the way to it/,
  ],
  [
    'ci@builder: Permission denied (publickey,password).',
    'authentication-failed',
    /^ci@builder does not let us in: offered were the keys of the agent and of ssh_config$/,
  ],
  [
    'ci@builder: Permission denied (keyboard-interactive).',
    'authentication-failed',
    /, and it wants keyboard-interactive$/,
  ],
  [
    'Received disconnect from 10.0.0.1 port 22:2: Too many authentication failures\nDisconnected from 10.0.0.1 port 22',
    'authentication-failed',
    /^builder does not let us in/,
  ],
  [
    'Unable to negotiate with 10.0.0.1 port 22: no matching host key type found. Their offer: ssh-dss',
    'host-key-mismatch',
    /offers ssh-dss/,
  ],
  [
    'Unable to negotiate with 10.0.0.1 port 22: no matching cipher found. Their offer: 3des-cbc',
    'connection-lost',
    /handshake failed: no matching cipher found/,
  ],
  [
    'No ED25519 host key is known for [builder]:2222 and you have requested strict checking.\nHost key verification failed.',
    'host-key-unknown',
    /^the host key of \[builder\]:2222 is not in this machine's known_hosts$/,
  ],
  [
    '/home/ci/.ssh/config: line 3: Bad configuration option: hots\n/home/ci/.ssh/config: terminating, 1 bad configuration options',
    'input-invalid',
    /line 3: Bad configuration option: hots$/,
  ],
  ['Bad owner or permissions on /home/ci/.ssh/config', 'input-invalid', /Bad owner/],
  [
    'kex_exchange_identification: read: Connection reset by peer',
    'host-unreachable',
    /before the SSH handshake/,
  ],
  ['something that nobody expected\u0007', 'connection-lost', /nobody expected\\x07$/],
  ['', 'connection-lost', /ssh ended with code 255$/],
];

test('without a key, an agent or one that ssh_config knows, there are no credentials', () => {
  const end = { code: 255, said: 'ci@builder: Permission denied (publickey).' };
  const { code, message } = clientFailure({ ...OPTIONS, env: {} }, end);
  expect(code).toBe('credentials-missing');
  expect(message).toMatch(/^ci@builder does not let us in, .*input 'ssh-key' is empty/);
});

test.each([
  [{ major: 8, minor: 4 }, []],
  [{ major: 8, minor: 5 }, ['KnownHostsCommand none']],
  [{ major: 9, minor: 2 }, ['KnownHostsCommand none', 'ForkAfterAuthentication no']],
  [undefined, []],
])('a client of version %j is told only of what it knows', (version, expected) => {
  const given = {
    ...OPTIONS,
    hostKeys: { knownHosts: 'builder ssh-ed25519 AAAA', pinned: undefined },
  };
  const lines = clientConfiguration(given, FILES, DEFAULT_TIMEOUTS, version).split('\n');
  expect(lines.filter((line) => /^(KnownHostsCommand|ForkAfter)/.test(line))).toEqual(expected);
});

test.each(FAILURES)('%j is %s', (said, code, message) => {
  const { code: given, message: text } = clientFailure(OPTIONS, { code: 255, said });
  expect(given).toBe(code);
  expect(text).toMatch(message);
  expect(text).not.toContain('\n');
});

test('a client that is not there, or does not start, is no fault of the builder', () => {
  for (const code of [127, undefined]) {
    expect(clientFailure(OPTIONS, { code, said: 'sh: 1: ssh: not found' })).toMatchObject({
      code: 'input-invalid',
      message: 'transport: openssh, but there is no ssh on this machine',
    });
  }
});

test.each([
  ['Timeout, server builder not responding.', 'the server did not answer any more'],
  ['client_loop: send disconnect: Broken pipe', 'it was reset'],
  ['Connection to builder closed by remote host.', 'the server closed it'],
  ['Corrupted MAC on input.', 'data was damaged on the way (Corrupted MAC on input.)'],
  ['', 'the server closed it'],
  ['** WARNING: old\r\nsome reason\r\n', 'some reason'],
])('a connection that ends with %j was lost: %s', (said, reason) => {
  expect(lossReason(said)).toBe(reason);
});
