import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  recipes,
  startBuilder,
  startNixHost,
  SUITES,
  SYSTEM,
  type Builder,
  type NixHost,
} from '../../lab/index.ts';
import { setUpOffload, type Offload } from '../helpers/offload.ts';

const FOREIGN = 'riscv64-linux';
const NAMES = ['builder-1.example.org', 'builder-2.example.org'] as const;

let first: Builder;
let second: Builder;

beforeAll(async () => {
  first = await startBuilder({ name: 'first' });
  second = await startBuilder({ name: 'second', nixConf: [`extra-platforms = ${FOREIGN}`] });
});

afterAll(async () => {
  await Promise.all([first.stop(), second.stop()]);
});

/** Later steps on a runner that knows both machines by names. */
async function setUp(runner: NixHost): Promise<Offload> {
  const hosts = ['localhost', ...NAMES].map((name) => `127.0.0.1 ${name}\n`);
  await runner.write('/etc', { hosts: hosts.join('') });
  const machines = [
    `ssh-ng://trusted@${NAMES[0]}:${first.port} ${SYSTEM} - 4`,
    `ssh-ng://trusted@${NAMES[1]}:${second.port} ${FOREIGN} - 4`,
  ];
  const keysOf = (builder: Builder, name: string): string =>
    builder.knownHosts().replaceAll('127.0.0.1', name);
  return await setUpOffload({
    ...{ builder: first, runner, user: 'owner' },
    inputs: {
      store: '',
      builders: machines.join('\n'),
      'ssh-key': [first, second].map(({ key }) => key.privateKey).join('\n'),
      'known-hosts': keysOf(first, NAMES[0]) + keysOf(second, NAMES[1]),
    },
  });
}

/** `ssh-ng://localhost?…/NAME'`, as every Nix quotes it. */
function onMachine(name: string): RegExp {
  return new RegExp(`ssh-ng://localhost\\?remote-program=/bin/sh%20/tmp/\\S+/${name}'`);
}

describe.each(SUITES)('what the Nix of %s says in later steps', (suite) => {
  it('names the machine that builds, and the one that cannot be had any more', async () => {
    await using runner = await startNixHost({ suite, name: 'runner', nix: 'user-owned' });
    await using later = await setUp(runner);
    await later.writeFlake({
      here: recipes.file(`here-${suite}`, 10),
      there: recipes.foreign(`there-${suite}`, FOREIGN),
      lost: recipes.foreign(`lost-${suite}`, FOREIGN),
    });
    const nix = (...names: readonly string[]) =>
      later.run(['nix', 'build', '--no-link', '-j0', ...names.map((name) => `path:.#${name}`)]);

    const built = await nix('here', 'there');
    expect(built.code, built.stderr).toBe(0);
    const told = built.stderr.split('\n').filter((line) => line.startsWith('building '));
    expect(told.find((line) => line.includes(`here-${suite}`))).toMatch(onMachine(NAMES[0]));
    expect(told.find((line) => line.includes(`there-${suite}`))).toMatch(onMachine(NAMES[1]));

    await second.daemon?.stop();
    await second.dropConnections(); // with the channel that is kept for the next build
    try {
      const lost = await nix('lost');
      expect(lost.code).not.toBe(0);
      const failures = lost.stderr.split('\n').filter((line) => line.includes('cannot'));
      expect(failures.join('\n'), lost.stderr).toMatch(onMachine(NAMES[1]));
    } finally {
      await second.daemon?.start();
    }
  });
});
