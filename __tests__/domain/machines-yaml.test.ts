import { describe, expect, test } from 'vitest';
import { parseBuilders } from '../../src/domain/builders.ts';
import { parseMachineSystem } from '../../src/domain/machine.ts';
import { HOST_KEY, plainMachine } from './machines.ts';

const parse = (text: string) =>
  parseBuilders(text, {
    defaultSystems: [parseMachineSystem('x86_64-linux')],
    readFile: () => undefined,
  });

describe('a YAML list of machines', () => {
  test('has the names of nix.buildMachines', () => {
    const text = `
# ours
- hostName: a.example.org
  sshUser: ci
  sshKey: /run/keys/the key
  protocol: ssh-ng
  port: 2222
  systems: [x86_64-linux, aarch64-linux]
  maxJobs: 4
  speedFactor: 1.5
  supportedFeatures:
    - kvm
    - big-parallel
  mandatoryFeatures: [benchmark]
  publicHostKey: ${HOST_KEY}
- hostName: b
`;
    expect(parse(text)).toEqual([
      plainMachine({
        host: 'a.example.org',
        user: 'ci',
        port: 2222,
        sshKey: '/run/keys/the key',
        systems: ['x86_64-linux', 'aarch64-linux'],
        maxJobs: 4,
        speedFactor: 1.5,
        supportedFeatures: ['kvm', 'big-parallel'],
        mandatoryFeatures: ['benchmark'],
        publicHostKey: HOST_KEY,
      }),
      plainMachine({ host: 'b', protocol: 'ssh' }),
    ]);
  });

  // What `nix eval --json` prints of a configuration with one machine: every option of the module, on one line.
  test('may be that option as Nix prints it', () => {
    const text =
      `[{"hostName":"mac","mandatoryFeatures":[],"maxJobs":8,"protocol":"ssh-ng","publicHostKey":null,"speedFactor":1,` +
      `"sshKey":"/etc/nix/key","sshUser":null,"supportedFeatures":[],"system":null,"systems":["aarch64-darwin","x86_64-darwin"]}]`;
    expect(parse(text)).toEqual([
      plainMachine({
        host: 'mac',
        maxJobs: 8,
        sshKey: '/etc/nix/key',
        systems: ['aarch64-darwin', 'x86_64-darwin'],
      }),
    ]);
  });

  test.each<[string, Parameters<typeof plainMachine>[0]]>([
    ['system: i686-linux', { systems: ['i686-linux'] }],
    ['system: i686-linux\n  systems: [x86_64-linux]', { systems: ['i686-linux'] }],
    ['systems: []', {}],
    ['systems: aarch64-linux, i686-linux', { systems: ['aarch64-linux', 'i686-linux'] }],
    ['supportedFeatures: kvm big-parallel', { supportedFeatures: ['kvm', 'big-parallel'] }],
    ['supportedFeatures: [kvm, kvm]', { supportedFeatures: ['kvm'] }],
    ['supportedFeatures:', {}],
    ['maxJobs: "4"', { maxJobs: 4 }],
    ['sshUser: 1000', { user: '1000' }],
    ['protocol: ssh', { protocol: 'ssh' }],
    ['protocol: null', { protocol: 'ssh' }],
    [
      `publicHostKey: ${Buffer.from(HOST_KEY, 'base64').toString()} root@a`,
      { publicHostKey: HOST_KEY },
    ],
    [
      `publicHostKey: |\n    ${HOST_KEY.slice(0, 60)}\n    ${HOST_KEY.slice(60)}`,
      { publicHostKey: HOST_KEY },
    ],
  ])('reads %j', (field, expected) => {
    const protocol = field.startsWith('protocol') ? '' : '  protocol: ssh-ng\n';
    expect(parse(`- hostName: a\n${protocol}  ${field}\n`)).toEqual([
      plainMachine({ host: 'a', ...expected }),
    ]);
  });

  test('knows anchors and aliases', () => {
    const text =
      '- hostName: a\n  protocol: ssh-ng\n  supportedFeatures: &features [&one kvm]\n' +
      '- hostName: b\n  protocol: ssh-ng\n  supportedFeatures: *features\n  mandatoryFeatures: [*one]\n';
    expect(parse(text)).toEqual([
      plainMachine({ host: 'a', supportedFeatures: ['kvm'] }),
      plainMachine({ host: 'b', supportedFeatures: ['kvm'], mandatoryFeatures: ['kvm'] }),
    ]);
  });

  test.each<[string, string, string?]>([
    [
      '- hostName: a\n  speedfactor: 2',
      'line 2: there is no field "speedfactor"',
      'Is speedFactor meant? Fields are hostName, ',
    ],
    ['- hostName: a\n  colour: red', 'line 2: there is no field "colour"', 'Fields are hostName, '],
    ['- hostName: a\n- sshUser: ci', 'line 2: the machine has no hostName'],
    ['- hostName: ""', 'line 1: the machine has no hostName'],
    [
      '- hostName: ssh://ci:secret@a',
      'line 1, hostName: "ssh://ci:…@a" is a URI',
      'Write its parts into protocol, sshUser, hostName and port.',
    ],
    ['- hostName: a b', 'line 1, hostName: "a b" is no user@host:port'],
    [
      '- hostName: a\n  protocol: https',
      'line 2, protocol: "https" is no protocol that builds',
      'Allowed: ssh-ng, ssh.',
    ],
    ['- hostName: a\n  port: 70000', 'line 2, port: "70000" is no port: 1 to 65535'],
    ['- hostName: a\n  maxJobs: -1', 'line 2, maxJobs: "-1" is no number of jobs'],
    ['- hostName: a\n  maxJobs: 0x10', 'line 2, maxJobs: "0x10" is no number of jobs'],
    ['- hostName: a\n  maxJobs: true', 'line 2, maxJobs: one text or number is expected'],
    ['- hostName: a\n  sshKey: [/k]', 'line 2, sshKey: one text or number is expected'],
    [
      '- hostName: a\n  sshKey: |\n    -----BEGIN OPENSSH PRIVATE KEY-----\n    c2VjcmV0',
      'line 2, sshKey: this is no path of a file',
      'Give a key itself by the input ssh-key.',
    ],
    ['- hostName: a\n  speedFactor: .inf', 'line 2, speedFactor: ".inf" is no speed factor'],
    ['- hostName: a\n  speedFactor: -0.5', 'line 2, speedFactor: "-0.5" is no speed factor'],
    ['- hostName: a\n  system: x86_64', 'line 2, system: "x86_64" is not a Nix system'],
    ['- hostName: a\n  systems:\n    - x86', 'line 2, systems: "x86" is not a Nix system'],
    ['- hostName: a\n  systems: [[a-b]]', 'line 2, systems: a list of texts is expected'],
    ['- hostName: a\n  supportedFeatures: ["a b"]', 'line 2, supportedFeatures: "a b" is no'],
    ['- hostName: a\n  publicHostKey: x', 'line 2, publicHostKey: the public host key is neither'],
    ['- hostName: a\n- hostName: a\n  maxJobs: 2', 'line 2: ssh://a has other settings than at'],
    ['- hostName: a\n  hostName: b', 'line 2: Map keys must be unique'],
    ['- hostName: [a', 'line 1: Flow sequence'],
    ['- hostName: a\n---\n- hostName: b', 'line 2: a second document begins'],
    ['hostName: a', 'line 1: this is YAML, but no list of machines', 'Write one `- hostName:'],
    ['- ssh://a x86_64-linux', 'line 1: a machine is written as fields', 'Write one `- hostName:'],
  ])('refuses %j', (text, message, hint = '') => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({
        code: 'machines-invalid',
        message: expect.stringContaining(`builders: ${message}`) as string,
        hint: expect.stringContaining(hint) as string,
      }),
    );
  });

  test('names everything that is wrong', () => {
    expect(() => parse('- hostname: a\n  maxJobs: x\n- hostName: b\n  port: 0')).toThrow(
      /^builders: 4 mistakes: line 1: there is no field "hostname" \(Is hostName meant\?.*; line 1: the machine has no hostName.*; line 2, maxJobs: "x".*; line 4, port: "0"/,
    );
  });
});
