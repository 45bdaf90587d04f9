import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type NixHost, startNixHost, SUITES } from '../../lab/index.ts';
import { parseBuilders } from '../../src/domain/builders.ts';
import { type Machine, parseMachineSystem } from '../../src/domain/machine.ts';
import { printMachines } from '../../src/domain/machines-print.ts';
import { isAtLeast, type NixVersion, parseNixVersion } from '../../src/nix/version.ts';
import { HOST_KEY, plainMachine } from './machines.ts';

const HOME = '/home/owner';
const LOG = `${HOME}/ssh.log`;

/** Stands where `ssh` does: says how Nix called it, each call a line, with the text of the host key's file, and fails. */
const SSH = `#!/bin/sh
for word in "$@"; do
  case $word in
    -oUserKnownHostsFile=*) words="$words|key $(cat "\${word#*=}")" ;;
    *) words="$words|$word" ;;
  esac
done
echo "$words" >> ${LOG}
exit 1
`;

const DERIVATION = `derivation {
  name = "for-a-machine";
  system = "lab-none";
  builder = "/bin/sh";
  requiredSystemFeatures = [ "kvm" ];
}
`;

const SYSTEMS = ['lab-none'];

/** The fastest first, which is the order in which Nix tries them. All but the last two could build {@link DERIVATION}. */
const MACHINES: readonly Machine[] = [
  plainMachine({
    host: 'first',
    user: 'ci',
    sshKey: '/key',
    systems: ['lab-none', 'other-none'],
    maxJobs: 3,
    speedFactor: 8,
    supportedFeatures: ['big-parallel', 'kvm'],
    publicHostKey: HOST_KEY,
    compress: true,
    remoteProgram: ['/bin/daemon', '--a=;#b'],
    remoteStore: '/mnt?a',
  }),
  plainMachine({
    host: 'second',
    protocol: 'ssh',
    systems: SYSTEMS,
    sshKey: '/my ;#key',
    speedFactor: 6.5,
    supportedFeatures: ['kvm'],
  }),
  plainMachine({
    host: '::1',
    systems: SYSTEMS,
    maxJobs: 2,
    speedFactor: 1.25,
    mandatoryFeatures: ['kvm'],
  }),
  plainMachine({
    host: 'fe80::1%eth0',
    user: 'a.b',
    systems: SYSTEMS,
    speedFactor: 0.5,
    supportedFeatures: ['kvm', 'x'],
  }),
  plainMachine({ host: 'other-system', systems: ['other-none'], supportedFeatures: ['kvm'] }),
  plainMachine({
    host: 'other-features',
    systems: SYSTEMS,
    supportedFeatures: ['kvm'],
    mandatoryFeatures: ['benchmark'],
  }),
];

const KEY_LINE = Buffer.from(HOST_KEY, 'base64').toString();

/** Machines in many of the ways in which they may be written. */
const RUGGED_TEXT = [
  '# all of them',
  '\ta lab-none,,other-none - 2 - x,kvm\t# fast',
  'ssh-ng://b - /k - 2;ci@c lab-none -\t- - - kvm -',
  `@${HOME}/more`,
].join('\r\n');
/** Up to 2.28.0 a blank is an error, and what follows `;` in a comment a machine. */
const MORE_RUGGED_TEXT = ` ; \t\r\n # one; or two\r\n${RUGGED_TEXT};  e lab-none ;`;
const MORE = `ssh://d lab-none - 7 0 kvm kvm # ignored\n@ ${HOME}/last\n`;
const LAST = '[::1] lab-none - - - kvm';

/** What Nix made of machines: its list of them, and how it called `ssh` for those that fit. */
interface ReadByNix {
  readonly listed: readonly string[];
  readonly calls: readonly (readonly string[])[];
}

async function readByNix(host: NixHost, builders: string): Promise<ReadByNix> {
  await host.write(HOME, { 'ssh.log': '' }, 'owner');
  const nix = ['nix', '--extra-experimental-features', 'nix-command', 'build', '--no-link'];
  const argv = [...nix, '-f', `${HOME}/derivation.nix`, '--builders', builders];
  const { stderr } = await host.run(['env', `PATH=${HOME}/bin:/usr/bin:/bin`, ...argv], {
    user: 'owner',
    timeoutMs: 30_000,
  });
  const list = stderr.split('mandatoryFeatures)\n')[1]?.split('\n') ?? [];
  const listed = list
    .filter((line) => line.startsWith('('))
    .map((line) => line.replace(/[[\]]/g, ''));
  const lines = (await host.read(LOG)).trim().split('\n');
  // From some version on it asks for a master connection too; that is none to a machine.
  const calls = lines.map((line) => line.split('|').slice(1)).filter(([first]) => first !== '-O');
  return { listed, calls };
}

describe.each(SUITES)('the Nix of Debian %s, and machines', (suite) => {
  let host: NixHost;
  let release: NixVersion;

  beforeAll(async () => {
    host = await startNixHost({ suite, name: suite, nix: 'user-owned' });
    await host.write(HOME, {
      'bin/ssh': SSH,
      'derivation.nix': DERIVATION,
      more: MORE,
      last: LAST,
    });
    const version = parseNixVersion(await host.output(['nix', '--version']));
    if (version === undefined) throw new Error('nix has no version');
    release = version;
  });

  afterAll(() => host.stop());

  describe('told of machines by us', () => {
    let hasPorts: boolean;
    let read: ReadByNix;

    beforeAll(async () => {
      hasPorts = isAtLeast(release, 2, 31);
      const machines = MACHINES.map((machine) => ({
        machine: machine.protocol === 'ssh' && hasPorts ? { ...machine, port: 2222 } : machine,
      }));
      read = await readByNix(host, printMachines(machines, release));
    });

    it('has the systems, jobs and features that were meant', () => {
      expect(read.listed).toEqual([
        '(lab-none, other-none, 3, big-parallel, kvm, )',
        '(lab-none, 1, kvm, )',
        '(lab-none, 2, , kvm)',
        '(lab-none, 1, kvm, x, )',
        '(other-none, 1, kvm, )',
        '(lab-none, 1, kvm, benchmark)',
      ]);
    });

    it('tries those that fit from the fastest on, by user and host', () => {
      expect(read.calls.map(([target]) => target)).toEqual([
        'ci@first',
        'second',
        '::1',
        'a.b@fe80::1%eth0',
      ]);
    });

    it('uses the key, host key, port, compression, program and store that were meant', () => {
      const [first = [], second = [], third = []] = read.calls;
      const after = (words: readonly string[], option: string) => words[words.indexOf(option) + 1];
      expect(after(first, '-i')).toBe('/key');
      expect(first).toContain(`key first ${KEY_LINE}`);
      expect(first).toContain('-C');
      // 2.8 hands the remote shell one text that it has quoted itself.
      expect(first.join(' ')).toMatch(/\/bin\/daemon --a=;#b --stdio --store '?\/mnt\?a'?$/);
      expect(after(second, '-i')).toBe('/my ;#key');
      expect(second.includes('-p2222')).toBe(hasPorts);
      expect(second.join(' ')).toMatch(/nix-store --serve --write$/);
      expect(third).not.toContain('-i');
      expect(third).not.toContain('-C');
      expect(third.join(' ')).toMatch(/nix-daemon --stdio$/);
    });
  });

  it('reads the same out of what people write as we do', async () => {
    const text = isAtLeast(release, 2, 29) ? MORE_RUGGED_TEXT : RUGGED_TEXT;
    const { listed, calls } = await readByNix(host, text);
    const machines = parseBuilders(text, {
      defaultSystems: [parseMachineSystem('x86_64-linux')],
      readFile: (file) => ({ [`${HOME}/more`]: MORE, [`${HOME}/last`]: LAST })[file],
    });
    const sorted = (items: readonly string[]) => items.toSorted().join(', ');
    expect(listed).toEqual(
      machines.map(
        ({ systems, maxJobs, supportedFeatures, mandatoryFeatures }) =>
          `(${sorted(systems)}, ${maxJobs}, ${sorted(supportedFeatures)}, ${sorted(mandatoryFeatures)})`,
      ),
    );
    const targets = machines
      .filter(({ systems }) => systems.some((system) => system === 'lab-none'))
      .filter((machine) =>
        [...machine.supportedFeatures, ...machine.mandatoryFeatures].includes('kvm'),
      )
      .map(({ user, host: name }) => (user === undefined ? name : `${user}@${name}`));
    expect(targets).toEqual(['a', 'ci@c', 'd', '::1']);
    expect(calls.map(([target]) => target)).toEqual(targets);
  });
});
