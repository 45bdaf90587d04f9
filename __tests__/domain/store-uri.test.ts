import { describe, expect, test } from 'vitest';

import { formatStoreUri, parseStoreUri, storeLines } from '../../src/domain/store-uri.ts';

const plain = {
  user: undefined,
  port: 22,
  sshKey: undefined,
  base64SshPublicHostKey: undefined,
  compress: false,
  remoteProgram: [],
  remoteStore: undefined,
  systemFeatures: [],
  systems: [],
};

describe('parseStoreUri', () => {
  test.each([
    ['ssh-ng://builder', { host: 'builder' }],
    ['ssh-ng://ci@builder.example.org', { user: 'ci', host: 'builder.example.org' }],
    ['ssh-ng://ci@builder:2222', { user: 'ci', host: 'builder', port: 2222 }],
    ['ssh-ng://ci@builder:2222/', { user: 'ci', host: 'builder', port: 2222 }],
    ['ssh-ng://builder?port=2222', { host: 'builder', port: 2222 }],
    ['ssh-ng://192.0.2.7', { host: '192.0.2.7' }],
    ['ssh-ng://ci@[::1]:2222', { user: 'ci', host: '::1', port: 2222 }],
    ['ssh-ng://ci@::1', { user: 'ci', host: '::1' }],
    ['ssh-ng://ci@[fe80::1%eth0]:23', { user: 'ci', host: 'fe80::1%eth0', port: 23 }],
    ['ssh-ng://[fe80::1%25eth0]', { host: 'fe80::1%eth0' }],
    ['ssh-ng://first%20last@builder', { user: 'first last', host: 'builder' }],
    ['ssh-ng://builder?ssh-key=/run/my%20key', { host: 'builder', sshKey: '/run/my key' }],
    ['ssh-ng://builder?compress=true', { host: 'builder', compress: true }],
    ['ssh-ng://builder?compress=0', { host: 'builder', compress: false }],
    [
      'ssh-ng://builder?remote-program=nix-daemon%20--option%20cores%204',
      { host: 'builder', remoteProgram: ['nix-daemon', '--option', 'cores', '4'] },
    ],
    [
      'ssh-ng://builder?remote-store=/mnt%3Froot%3Da&remote-program=',
      { host: 'builder', remoteStore: '/mnt?root=a' },
    ],
    [
      'ssh-ng://builder?base64-ssh-public-host-key=c3NoLWVk==',
      { host: 'builder', base64SshPublicHostKey: 'c3NoLWVk==' },
    ],
    [
      'ssh-ng://builder?system-features=kvm%20big-parallel&systems=x86_64-linux,i686-linux',
      {
        host: 'builder',
        systemFeatures: ['kvm', 'big-parallel'],
        systems: ['x86_64-linux', 'i686-linux'],
      },
    ],
  ])('reads %s', (uri, expected) => {
    expect(parseStoreUri(uri)).toEqual({ ...plain, ...expected });
  });

  test.each([
    ['', 'store: "" is no URI of the form ssh-ng://user@host'],
    ['builder', 'store: "builder" is no URI of the form ssh-ng://user@host'],
    ['https://cache', 'store: "https://cache" is no URI of the form ssh-ng://user@host'],
    ['ssh://ci@builder', 'store: ssh:// cannot be used as a store that builds'],
    ['ssh-ng://', 'store: "" is no user@host:port'],
    ['ssh-ng://a@b@c', 'store: "a@b@c" is no user@host:port'],
    ['ssh-ng://a:1:2', 'store: "a:1:2" is no user@host:port'],
    ['ssh-ng://ho st', 'store: "ho st" is no user@host:port'],
    ['ssh-ng://-oProxyCommand=x', 'store: "-oProxyCommand=x" is no user@host:port'],
    ['ssh-ng://@builder', 'store: the user name before @ is empty or begins with a hyphen'],
    ['ssh-ng://ci:secret@builder', 'store: a password has no place in the URI'],
    ['ssh-ng://builder:', 'store: "" is no port: 1 to 65535'],
    ['ssh-ng://builder:0', 'store: "0" is no port: 1 to 65535'],
    ['ssh-ng://builder:65536', 'store: "65536" is no port: 1 to 65535'],
    ['ssh-ng://builder?port=ssh', 'store: "ssh" is no port: 1 to 65535'],
    ['ssh-ng://builder/path', 'store: "/path" after the host has no meaning'],
    ['ssh-ng://builder?compress=maybe', 'store: compress is "maybe": true or false is meant'],
    [
      'ssh-ng://builder?max-connections=8',
      'store: the parameter "max-connections" is not supported',
    ],
    ['ssh-ng://builder?ssh-key=%zz', 'store: % is not followed by two digits'],
  ])('refuses %s', (uri, message) => {
    expect(() => parseStoreUri(uri)).toThrow(
      expect.objectContaining({ code: 'store-uri-invalid', message }),
    );
  });

  test('says what to write instead of ssh://', () => {
    expect(() => parseStoreUri('ssh://ci@builder?compress=true')).toThrow(
      expect.objectContaining({
        hint: 'Write ssh-ng:// instead: ssh-ng://ci@builder?compress=true',
      }),
    );
  });

  test('names the parameters there are when one is unknown', () => {
    expect(() => parseStoreUri('ssh-ng://builder?sshkey=x')).toThrow(
      expect.objectContaining({
        hint: 'Supported are ssh-key, base64-ssh-public-host-key, compress, remote-program, remote-store, port, system-features, systems.',
      }),
    );
  });

  test.each(['ssh-ng://ci:secret@@builder', 'ssh://ci:secret@builder', 'x://ci:secret@builder'])(
    'never repeats the password of %s',
    (uri) => {
      expect.assertions(1);
      try {
        parseStoreUri(uri);
      } catch (error) {
        expect(JSON.stringify([String(error), error])).not.toContain('secret');
      }
    },
  );
});

describe('storeLines', () => {
  test('reads one URI a line and skips empty lines and comments', () => {
    const lines = storeLines('\n# the fast one\nssh-ng://a\r\n  ssh-ng://b  \n\n');
    expect(lines.map(({ uri }) => uri)).toEqual(['ssh-ng://a', 'ssh-ng://b']);
  });

  test('names the line, where there are several', () => {
    const [, second] = storeLines('ssh-ng://a\n\nssh-ng://b:x');
    expect(() => parseStoreUri(second?.uri ?? '', second?.where)).toThrow(/^store: line 3: /);
    expect(storeLines('# only one\nssh-ng://a')[0]?.where).toBe('store');
  });
});

describe('formatStoreUri', () => {
  test.each([
    ['ssh-ng://ci@builder?ssh-key=/k', 'ssh-ng://ci@builder'],
    ['ssh-ng://builder:22', 'ssh-ng://builder'],
    ['ssh-ng://[::1]:2222', 'ssh-ng://[::1]:2222'],
  ])('prints %s as %s', (uri, printed) => {
    expect(formatStoreUri(parseStoreUri(uri))).toBe(printed);
  });
});
