import { expect, test } from 'vitest';
import {
  machineName,
  machineOfStore,
  normalHostKey,
  sameMachine,
} from '../../src/domain/machine.ts';
import { parseStoreUri } from '../../src/domain/store-uri.ts';
import { HOST_KEY, plainMachine } from './machines.ts';

test('a store is a machine, with its parameters in the fields of the same meaning', () => {
  const uri =
    'ssh-ng://ci@a:2222?ssh-key=/k&system-features=kvm,kvm%20benchmark&systems=x86_64-linux,builtin' +
    `&compress=1&remote-program=p%20x&remote-store=/mnt&base64-ssh-public-host-key=${HOST_KEY}`;
  expect(machineOfStore(parseStoreUri(uri))).toEqual(
    plainMachine({
      user: 'ci',
      host: 'a',
      port: 2222,
      sshKey: '/k',
      publicHostKey: HOST_KEY,
      compress: true,
      remoteProgram: ['p', 'x'],
      remoteStore: '/mnt',
      systems: ['x86_64-linux', 'builtin'],
      supportedFeatures: ['kvm', 'benchmark'],
    }),
  );
  expect(machineOfStore(parseStoreUri('ssh-ng://a'))).toEqual(
    plainMachine({ host: 'a', systems: [] }),
  );
});

test.each([
  ['systems=x86_64', 'input-invalid'],
  ['base64-ssh-public-host-key=eHh4', 'known-hosts-invalid'],
])('a store with %s is no machine', (parameter, code) => {
  expect(() => machineOfStore(parseStoreUri(`ssh-ng://a?${parameter}`))).toThrow(
    expect.objectContaining({ code }),
  );
});

test('a name tells machines apart, and says nothing of settings', () => {
  expect(machineName(plainMachine({ user: 'ci', host: '::1', port: 23, sshKey: '/k' }))).toBe(
    'ssh-ng://ci@[::1]:23',
  );
});

test('machines are the same whatever the order of systems and features, and by nothing less', () => {
  const one = plainMachine({
    systems: ['x86_64-linux', 'i686-linux'],
    supportedFeatures: ['a', 'b'],
  });
  const turned = plainMachine({
    systems: ['i686-linux', 'x86_64-linux'],
    supportedFeatures: ['b', 'a'],
  });
  expect(sameMachine(one, turned)).toBe(true);
  for (const other of [
    { protocol: 'ssh' },
    { user: 'ci' },
    { host: 'b' },
    { port: 23 },
    { sshKey: '/k' },
    { publicHostKey: HOST_KEY },
    { compress: true },
    { remoteProgram: ['x'] },
    { remoteStore: '/' },
    { systems: [] },
    { maxJobs: 2 },
    { speedFactor: 2 },
    { supportedFeatures: ['a'] },
    { mandatoryFeatures: ['a'] },
  ] as const) {
    expect(sameMachine(one, { ...one, ...other })).toBe(false);
  }
});

test.each([
  ['as it is', HOST_KEY],
  ['as a line', Buffer.from(HOST_KEY, 'base64').toString()],
  ['with a comment', `${Buffer.from(HOST_KEY, 'base64').toString()} root@a\n`],
  [
    'as base64 prints a file',
    Buffer.from(`${Buffer.from(HOST_KEY, 'base64').toString()} root@a\n`).toString('base64'),
  ],
])('a host key is the same %s', (_, text) => {
  expect(normalHostKey(text)).toBe(HOST_KEY);
});
