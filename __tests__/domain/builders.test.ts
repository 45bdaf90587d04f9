import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isYaml, parseBuilders } from '../../src/domain/builders.ts';
import { ActionError } from '../../src/domain/errors.ts';
import { type Machine, parseMachineSystem } from '../../src/domain/machine.ts';
import { HOST_KEY, plainMachine } from './machines.ts';

const FILES: Readonly<Record<string, string>> = {
  '/etc/nix/machines': 'ssh://farm x86_64-linux # the old one\n@/etc/nix/more\r\n',
  '/etc/nix/more': 'ssh://more',
  '/loop': '@/loop',
  '/wrong': '\n\nssh://x - - many',
};

function parse(text: string): readonly Machine[] {
  const readFile = (path: string): string | undefined => {
    if (path === '/secret') throw new Error('permission denied');
    return FILES[path];
  };
  return parseBuilders(text, { defaultSystems: [parseMachineSystem('x86_64-linux')], readFile });
}

describe('machines lines', () => {
  test.each<[string, Parameters<typeof plainMachine>[0]]>([
    ['ssh-ng://a', { host: 'a' }],
    ['a', { host: 'a', protocol: 'ssh' }],
    ['ci@a', { host: 'a', protocol: 'ssh', user: 'ci' }],
    ['ssh://ci@a:2222', { host: 'a', protocol: 'ssh', user: 'ci', port: 2222 }],
    ['[::1]', { host: '::1', protocol: 'ssh' }],
    ['::1', { host: '::1', protocol: 'ssh' }],
    ['ssh-ng://a - - - - - - -', { host: 'a' }],
    [
      `ssh-ng://a\taarch64-linux,,i686-linux  /key 4 1.5 kvm,big-parallel benchmark ${HOST_KEY}`,
      {
        host: 'a',
        systems: ['aarch64-linux', 'i686-linux'],
        sshKey: '/key',
        maxJobs: 4,
        speedFactor: 1.5,
        supportedFeatures: ['kvm', 'big-parallel'],
        mandatoryFeatures: ['benchmark'],
        publicHostKey: HOST_KEY,
      },
    ],
    ['ssh-ng://a x86_64-linux,builtin', { host: 'a', systems: ['x86_64-linux', 'builtin'] }],
    ['ssh-ng://a - - - 0', { host: 'a' }],
    ['ssh-ng://a - - - .25', { host: 'a', speedFactor: 0.25 }],
    ['ssh-ng://a - - - 1e2', { host: 'a', speedFactor: 100 }],
    [
      `ssh-ng://a?ssh-key=/my%20key&base64-ssh-public-host-key=${HOST_KEY}&remote-program=/bin/nix-daemon%20--x&remote-store=/mnt%3Bx&compress=1`,
      {
        host: 'a',
        sshKey: '/my key',
        publicHostKey: HOST_KEY,
        remoteProgram: ['/bin/nix-daemon', '--x'],
        remoteStore: '/mnt;x',
        compress: true,
      },
    ],
    ['ssh-ng://a?ssh-key=/one - /two', { host: 'a', sshKey: '/two' }],
  ])('%s', (line, expected) => {
    expect(parse(line)).toEqual([plainMachine(expected)]);
  });

  test.each([
    ['', []],
    ['# nobody\n \n;;', []],
    ['ssh://a;ssh://b ; ssh://c\r\nssh://d', ['a', 'b', 'c', 'd']],
    ['ssh://a # the first; and no other\nssh://b#c', ['a', 'b']],
    ['ssh://z;@/etc/nix/machines', ['z', 'farm', 'more']],
    ['ssh://a\nssh://a - - 1', ['a']],
    ['ssh://a x86_64-linux,i686-linux\nssh://a i686-linux,x86_64-linux', ['a']],
    ['ssh://a\nssh-ng://a\nssh://ci@a\nssh://a:23', ['a', 'a', 'a', 'a']],
  ])('separated, commented, included and repeated: %j', (text, hosts) => {
    expect(parse(text).map(({ host }) => host)).toEqual(hosts);
  });

  test.each([
    ['http://cache', 'line 1, field 1 (store URI): "http://cache" is no machine that builds'],
    ['s3://bucket', 'line 1, field 1 (store URI): "s3://bucket" is no machine that builds'],
    ['file:///nix', 'line 1, field 1 (store URI): "file:///nix" is no machine that builds'],
    ['/mnt/store', 'line 1, field 1 (store URI): "/mnt/store" is no machine that builds'],
    ['daemon', 'line 1, field 1 (store URI): "daemon" is no machine that builds'],
    ['local?root=x', 'line 1, field 1 (store URI): "local?root=x" is no machine that builds'],
    ['- x86_64-linux', 'line 1: a machine is written as fields'],
    ['ssh://a\n;- x', 'line 2, field 1 (store URI): the machine is missing'],
    ['ssh://a/b', 'line 1, field 1 (store URI): "/b" after the host has no meaning'],
    ['ssh://a?x=1', 'line 1, field 1 (store URI): the parameter "x" is not supported'],
    ['ssh://a?systems=i686-linux', 'field 1 (store URI): the parameter systems says nothing of'],
    ['ssh://a?system-features=kvm', 'the parameter system-features says nothing of a builder'],
    ['ssh://a?base64-ssh-public-host-key=eHh4', 'line 1, field 1 (store URI): the public host'],
    ['ssh://a x86_64', 'line 1, field 2 (systems): "x86_64" is not a Nix system'],
    ['ssh://a b', 'line 1, field 2 (systems): "b" is not a Nix system'],
    ['ssh://a - - -1', 'line 1, field 4 (maxJobs): "-1" is no number of jobs'],
    ['ssh://a - - 0', 'line 1, field 4 (maxJobs): "0" is no number of jobs'],
    ['ssh://a - - 4294967296', 'line 1, field 4 (maxJobs): "4294967296" is no number of jobs'],
    ['ssh://a - - 1.5', 'line 1, field 4 (maxJobs): "1.5" is no number of jobs'],
    ['ssh://a - - 1 -2', 'line 1, field 5 (speedFactor): "-2" is no speed factor'],
    ['ssh://a - - 1 fast', 'line 1, field 5 (speedFactor): "fast" is no speed factor'],
    ['ssh://a - - 1 inf', 'line 1, field 5 (speedFactor): "inf" is no speed factor'],
    ['ssh://a - - 1 1e39', 'line 1, field 5 (speedFactor): "1e39" is no speed factor'],
    ['ssh://a - - 1 1 kvm,-', 'line 1, field 6 (supportedFeatures): "-" is no system feature'],
    ['ssh://a - - 1 1 - - !!', 'line 1, field 8 (publicHostKey): the public host key is neither'],
    ['ssh://a - - 1 1 - - - -', 'line 1: 9 fields, beginning with "ssh://a"; there are 8'],
    ['ssh://a - - 1 1 - - - ssh://b', 'line 1, field 9: "ssh://b" is a second machine'],
    ['ssh://a ssh://b', 'line 1, field 2 (systems): "ssh://b" is a second machine'],
    ['ci@a ci@b', 'line 1, field 2 (systems): "ci@b" is a second machine'],
    ['ssh://a; ssh://b x', 'line 1, machine 2, field 2 (systems): "x" is not a Nix system'],
    ['ssh://a\n@/none', 'line 2: the file "/none" does not exist'],
    ['@/secret', 'line 1: the file "/secret" cannot be read: permission denied'],
    ['@/wrong', '/wrong, line 3, field 4 (maxJobs): "many" is no number of jobs'],
    ['@/loop', '/loop, line 1: the file "/loop" is included by itself'],
    ['ssh://a\nssh://a - - 2', 'line 2: ssh://a has other settings than at line 1'],
  ])('refuses %j', (text, message) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({
        code: 'machines-invalid',
        message: expect.stringContaining(message) as string,
      }),
    );
  });

  test('tells all mistakes of a line that has a second machine', () => {
    const mistakes = [
      '6 mistakes',
      'line 1, field 1 (store URI): "http://a" is no machine',
      'line 1, field 2 (systems): "x" is not a Nix system',
      'line 1, field 4 (maxJobs): "many" is no number of jobs',
      'line 1, field 5 (speedFactor): "ssh-ng://b" is a second machine',
      'line 1, second machine, field 4 (maxJobs): "0" is no number of jobs',
      'line 1, second machine, field 6 (supportedFeatures): "ssh://c" is a second machine',
    ];
    for (const mistake of mistakes) {
      expect(() => parse('http://a x - many ssh-ng://b - - 0 1 ssh://c')).toThrow(mistake);
    }
  });

  test.each([
    ['ssh://a x86_64-linux ssh://b', 'Separate machines with `;` or a newline.'],
    ['ssh://a - - 0', 'Leave out a machine that is to build nothing.'],
    ['http://a', 'A machine is reached by ssh-ng:// or ssh://'],
    ['ssh://a?systems=x', 'Write it in the field systems.'],
  ])('says what to do about %j', (text, hint) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({ hint: expect.stringContaining(hint) as string }),
    );
  });

  test('names everything that is wrong, each with what to do', () => {
    expect(() => parse('http://a\nssh://b x86_64 - no\nssh://c')).toThrow(
      expect.objectContaining({
        message:
          'builders: 3 mistakes: line 1, field 1 (store URI): "http://a" is no machine that builds for others ' +
          '(A machine is reached by ssh-ng:// or ssh://: ssh-ng://user@builder.example.org); ' +
          'line 2, field 2 (systems): "x86_64" is not a Nix system ' +
          '(A system is a processor and a kernel, such as x86_64-linux or aarch64-darwin.); ' +
          'line 2, field 4 (maxJobs): "no" is no number of jobs ' +
          '(Allowed: a whole number, 1 to 4294967295. Leave out a machine that is to build nothing.)',
      }),
    );
  });

  test.each(['ssh://ci:secret@a', 'http://ci:secret@a', 'ssh://a ci:secret@b', 'ci:secret@a - x'])(
    'never repeats the password of %s',
    (text) => {
      expect.assertions(1);
      try {
        parse(text);
      } catch (error) {
        expect(JSON.stringify([String(error), error])).not.toContain('secret');
      }
    },
  );
});

describe('isYaml', () => {
  test.each([
    '- hostName: a',
    '# machines\n\n  -\n    hostName: a',
    '---\n- hostName: a',
    '[{"hostName":"a"}]',
    '[\n  { "hostName": "a" } ]',
    '[ ]',
    '{"hostName": "a"}',
    'hostName: a',
    'machines:\n  - hostName: a',
    '"hostName" : a',
  ])('%j is', (text) => expect(isYaml(text)).toBe(true));

  test.each([
    '',
    '# - a',
    'ssh-ng://a - - 1',
    'builder x86_64-linux',
    'ci@builder',
    'builder:22 x86_64-linux',
    '[::1] x86_64-linux',
    '@/etc/nix/machines',
    '-x',
    'ssh://a\n- hostName: a',
    'a; b',
  ])('%j is not', (text) => expect(isYaml(text)).toBe(false));
});

test('an expression in the Nix language is named as one', () => {
  for (const text of [
    'nix.buildMachines = [\n  { hostName = "a"; }\n];',
    '[ { hostName = "a"; system = "x86_64-linux"; } ]',
    '{\n  hostName = "a";\n}',
  ]) {
    expect(() => parse(text)).toThrow('builders: this is an expression in the Nix language');
  }
});

const PIECES = [
  ...[
    '- ',
    '\n',
    '\n  ',
    ' ',
    ';',
    '#',
    '@/etc/nix/machines',
    '-',
    ',',
    ':',
    '%',
    '%20',
    '?',
    '&',
    '=',
  ],
  ...[
    'ssh://',
    'ssh-ng://',
    'a',
    'ci@',
    '[',
    ']',
    '{',
    '}',
    '"',
    '*x',
    '&x ',
    '---',
    '!',
    '|',
    '<<: ',
  ],
  ...[
    'hostName: ',
    'systems: ',
    'maxJobs: ',
    'port: ',
    'x86_64-linux',
    'null',
    '1',
    '.5',
    '\t',
    '\r',
  ],
];

test('whatever is written, it is machines or an error for people, on one line', () => {
  const text = fc
    .array(fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...PIECES) }, fc.string()), {
      maxLength: 30,
    })
    .map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(text, (written) => {
      try {
        expect(parse(written).every(({ host, maxJobs }) => host !== '' && maxJobs > 0)).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(ActionError);
        expect(error).toMatchObject({
          code: 'machines-invalid',
          message: expect.stringMatching(/^builders: [^\n]+$/) as string,
        });
      }
    }),
    { numRuns: 2000 },
  );
});
