import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseBuilders } from '../../src/domain/builders.ts';
import { type Machine, machineName } from '../../src/domain/machine.ts';
import { type NixRelease, printMachines } from '../../src/domain/machines-print.ts';
import { HOST_KEY, plainMachine } from './machines.ts';

const NIX_2_8: NixRelease = { vendor: 'nix', major: 2, minor: 8 };
const NIX_2_26: NixRelease = { vendor: 'nix', major: 2, minor: 26 };
const NIX_2_34: NixRelease = { vendor: 'nix', major: 2, minor: 34 };
const LIX_2_93: NixRelease = { vendor: 'lix', major: 2, minor: 93 };
const RELEASES = [NIX_2_8, NIX_2_26, NIX_2_34, LIX_2_93];

const print = (machines: readonly Machine[], release: NixRelease) =>
  printMachines(
    machines.map((machine) => ({ machine })),
    release,
  );

const parse = (text: string) =>
  parseBuilders(text, { defaultSystems: [], readFile: () => undefined });

describe('printMachines', () => {
  test.each<[Parameters<typeof plainMachine>[0], NixRelease, string]>([
    [{}, NIX_2_34, 'ssh-ng://builder x86_64-linux - 1 1 - - -'],
    [{ systems: [] }, NIX_2_34, 'ssh-ng://builder - - 1 1 - - -'],
    [
      {
        protocol: 'ssh',
        user: 'ci',
        sshKey: '/key',
        systems: ['x86_64-linux', 'i686-linux'],
        maxJobs: 4,
        speedFactor: 1.5,
        supportedFeatures: ['kvm', 'big-parallel'],
        mandatoryFeatures: ['benchmark'],
        publicHostKey: HOST_KEY,
      },
      NIX_2_26,
      `ssh://ci@builder x86_64-linux,i686-linux /key 4 1.5 kvm,big-parallel benchmark ${HOST_KEY}`,
    ],
    [
      {
        sshKey: '/my; key',
        compress: true,
        remoteProgram: ['/bin/x', '#1'],
        remoteStore: 'a&b',
      },
      NIX_2_8,
      'ssh-ng://builder?ssh-key=/my%3B%20key&compress=true&remote-program=/bin/x%20%231&remote-store=a%26b x86_64-linux - 1 1 - - -',
    ],
    [{ port: 2222 }, NIX_2_34, 'ssh-ng://builder:2222 x86_64-linux - 1 1 - - -'],
    [{ port: 2222 }, LIX_2_93, 'ssh-ng://builder?port=2222 x86_64-linux - 1 1 - - -'],
    [{ host: '::1' }, NIX_2_8, 'ssh-ng://[::1] x86_64-linux - 1 1 - - -'],
    [{ host: 'fe80::1%eth0' }, NIX_2_8, 'ssh-ng://[fe80::1%eth0] x86_64-linux - 1 1 - - -'],
    [{ host: 'fe80::1%eth0' }, NIX_2_34, 'ssh-ng://[fe80::1%25eth0] x86_64-linux - 1 1 - - -'],
    [{ user: 'a b' }, NIX_2_34, 'ssh-ng://a%20b@builder x86_64-linux - 1 1 - - -'],
    [{ speedFactor: 0.5 }, NIX_2_8, 'ssh-ng://builder x86_64-linux - 1 1 - - -'],
  ])('%j', (settings, release, line) => {
    expect(print([plainMachine(settings)], release)).toBe(`${line}\n`);
  });

  test.each([
    [NIX_2_34, ['0.5', '1', '1.25']],
    [{ ...NIX_2_8, minor: 20 }, ['0.5', '1', '1.25']],
    [{ ...NIX_2_8, minor: 19 }, ['1', '2', '3']],
    [NIX_2_8, ['1', '2', '3']],
    [LIX_2_93, ['1', '2', '3']],
  ])('writes speed factors as %j reads them', (release, expected) => {
    const machines = [0.5, 1, 1.25].map((speedFactor) => plainMachine({ speedFactor }));
    const fields = print(machines, release).split('\n').slice(0, -1);
    expect(fields.map((line) => line.split(' ')[4])).toEqual(expected);
  });

  test('leaves whole speed factors as they are', () => {
    const machines = [3, 10].map((speedFactor) => plainMachine({ speedFactor }));
    expect(print(machines, NIX_2_8)).toMatch(/ 1 3 .*\n.* 1 10 /);
  });

  test('puts another URI in the place of the own one', () => {
    const machine = plainMachine({ host: 'a', port: 2222 });
    const uri = 'ssh-ng://localhost?remote-program=/pipe';
    expect(printMachines([{ machine, uri }], NIX_2_8)).toBe(
      'ssh-ng://localhost?remote-program=/pipe x86_64-linux - 1 1 - - -\n',
    );
  });

  test.each([
    [{ port: 2222 }, 'ssh-ng://builder:2222: Nix 2.26 cannot be told the port 2222 of a machine'],
    [{ user: 'a b' }, 'ssh-ng://a b@builder: Nix 2.26 cannot be told the user "a b" of a machine'],
  ])('refuses what a Nix before 2.31 cannot be told: %j', (settings, message) => {
    expect(() => print([plainMachine(settings)], NIX_2_26)).toThrow(
      expect.objectContaining({ code: 'machines-invalid', message }),
    );
  });
});

const word = (extra: string) =>
  fc.string({
    unit: fc.constantFrom(...`abcXYZ019${extra}`.split('')),
    minLength: 1,
    maxLength: 12,
  });
const anyText = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .filter((text) => !/\n|-----BEGIN/.test(text));

const machine: fc.Arbitrary<Machine> = fc
  .record({
    protocol: fc.constantFrom('ssh-ng' as const, 'ssh' as const),
    user: fc.option(word('_.+~'), { nil: undefined }),
    host: fc.oneof(
      word('-._').filter((text) => !text.startsWith('-')),
      fc.ipV4(),
      fc.constant('::1'),
      fc.constantFrom('2001:db8::7', 'fe80::1%eth0'),
    ),
    sshKey: fc.option(anyText, { nil: undefined }),
    publicHostKey: fc.constantFrom(undefined, HOST_KEY),
    compress: fc.boolean(),
    remoteProgram: fc.array(
      anyText.filter((text) => !/\s/.test(text)),
      { maxLength: 3 },
    ),
    remoteStore: fc.option(anyText, { nil: undefined }),
    systems: fc.uniqueArray(fc.constantFrom('x86_64-linux', 'aarch64-darwin', 'builtin'), {
      maxLength: 3,
    }),
    maxJobs: fc.integer({ min: 1, max: 0xffff_ffff }),
    speedFactor: fc
      .float({ min: Math.fround(1e-6), max: Math.fround(1e6), noNaN: true })
      .filter((factor) => factor > 0),
    supportedFeatures: fc.uniqueArray(word('-_:'), { maxLength: 3 }),
    mandatoryFeatures: fc.uniqueArray(word('-_:'), { maxLength: 3 }),
  })
  .map((settings) => plainMachine(settings))
  .filter(({ supportedFeatures, mandatoryFeatures }) =>
    [...supportedFeatures, ...mandatoryFeatures].every((feature) => feature !== '-'),
  );

const machines = fc.uniqueArray(machine, { selector: machineName, maxLength: 5 });

describe('what is printed and read again', () => {
  test('is the same', () => {
    fc.assert(
      fc.property(machines, fc.integer({ min: 1, max: 65535 }), (list, port) => {
        const withPort = list.map((each, index) => (index === 0 ? { ...each, port } : each));
        fc.pre(new Set(withPort.map(machineName)).size === list.length);
        expect(parse(print(withPort, NIX_2_34))).toEqual(withPort);
      }),
    );
  });

  test('is the same for every other Nix, but for fractions of a speed factor, whose order stays', () => {
    fc.assert(
      fc.property(machines, fc.constantFrom(...RELEASES), (list, release) => {
        const read = parse(print(list, release));
        const withoutSpeed = (each: Machine) => ({ ...each, speedFactor: 1 });
        expect(read.map(withoutSpeed)).toEqual(list.map(withoutSpeed));
        for (const [index, one] of list.entries()) {
          const slower = list.findIndex((other) => other.speedFactor < one.speedFactor);
          const faster = (read[index]?.speedFactor ?? 0) >= (read[slower]?.speedFactor ?? 0);
          expect(slower === -1 || faster).toBe(true);
        }
      }),
    );
  });

  test('holds nothing but printable ASCII, eight fields a line', () => {
    fc.assert(
      fc.property(machines, fc.constantFrom(...RELEASES), (list, release) => {
        const text = print(
          list.map((each) => ({ ...each, sshKey: undefined })),
          release,
        );
        expect(text).toMatch(/^(?:[!-~]+(?: [!-~]+){7}\n)*$/);
        expect(text).not.toMatch(/[;#]/);
      }),
    );
  });
});
