import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  recipes,
  startBuilder,
  startNixHost,
  type Builder,
  type NixHost,
  type UserName,
} from '../../lab/index.ts';
import { setUpOffload, type Offload, type OffloadScenario } from '../helpers/offload.ts';
import { mostAtOnce, overlapping, printsCores } from '../helpers/options.ts';

/** What a client has that asks for nothing, and what the builder has: the client's must not throttle it. */
const RUNNERS = { maxJobs: 1, nixConf: ['cores = 1'] } as const;
const BUILDERS = { maxJobs: 4, cores: 3 } as const;

const CHANNELS: readonly [text: string, login: UserName, query?: string][] = [
  ['the daemon’s socket', 'ci'],
  ['nix-daemon --stdio of an ordinary user', 'ci', 'remote-program=nix-daemon'],
  ['nix-daemon --stdio of root', 'root', 'remote-program=nix-daemon'],
];

let builder: Builder;
let runner: NixHost;

beforeAll(async () => {
  builder = await startBuilder({
    maxJobs: BUILDERS.maxJobs,
    nixConf: [`cores = ${BUILDERS.cores}`],
  });
  runner = await startNixHost({ name: 'runner', nix: 'daemon', ...RUNNERS });
});

afterAll(async () => {
  await Promise.all([runner.stop(), builder.stop()]);
});

const setUp = (scenario: Partial<OffloadScenario>): Promise<Offload> =>
  setUpOffload({ builder, runner, ...scenario });

const TIMED = ['timed0', 'timed1', 'timed2', 'timed3'] as const;

const flake = (names: readonly string[]): readonly string[] =>
  names.map((name) => `path:.#${name}`);

async function mostJobs(offload: Offload): Promise<number> {
  const paths = await offload.outPaths(TIMED);
  return mostAtOnce(await Promise.all(paths.map((path) => builder.read(path))));
}

describe.concurrent.each(CHANNELS)('over %s', (channel, login, query) => {
  const salt = channel.replaceAll(/[^a-z]+/gi, '-');

  it.concurrent('a client that asks for nothing leaves the builder as it is', async () => {
    await using offload = await setUp({ login, query });
    const name = `own-${salt}`;
    await offload.writeFlake({ ...overlapping(name, 4, 1.5), cores: printsCores(name) });
    await offload.output(['nix', 'build', '--no-link', ...flake([...TIMED, 'cores'])]);
    expect(await mostJobs(offload)).toBe(BUILDERS.maxJobs);
    expect(await offload.output(['nix', 'log', 'path:.#cores'])).toBe(`cores ${BUILDERS.cores}`);
  });

  it.concurrent('what a client asks for arrives', async () => {
    await using offload = await setUp({ login, query });
    const name = `asked-${salt}`;
    await offload.writeFlake({
      ...overlapping(name, 4, 0.5),
      cores: printsCores(name),
      bad: recipes.failing(`bad-${salt}`),
      talks: recipes.script(`talks-${salt}`, 'while sleep 0.5; do echo on; done'),
      silent: recipes.silent(`silent-${salt}`, 30),
    });
    const options = {
      '--max-jobs': '2',
      '--cores': '7',
      '--timeout': '4',
      '--max-silent-time': '2',
    };
    const names = [...TIMED, 'cores', 'bad', 'talks', 'silent'];
    const asked = ['nix', 'build', '--no-link', '--keep-going', ...Object.entries(options).flat()];
    const { code, stderr } = await offload.run([...asked, ...flake(names)]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/talks-\S+\.drv[^]*timed out after 4 seconds/);
    expect(stderr).toMatch(/silent-\S+\.drv[^]*timed out after 2 seconds/);
    expect(stderr).toContain('fails on purpose');
    expect(await mostJobs(offload)).toBe(2);
    expect(await offload.output(['nix', 'log', 'path:.#cores'])).toBe('cores 7');
  });
});

describe('over a forced command', () => {
  it('a client is told what of its options cannot arrive, and its build goes on', async () => {
    await using offload = await setUp({ login: 'forced' });
    await offload.writeFlake({ cores: printsCores('forced'), other: printsCores('unasked') });
    const asked = ['nix', 'build', '--no-link', '--cores', '7', '--keep-going', 'path:.#cores'];
    const { code, stderr } = await offload.run(asked);
    expect(code).toBe(0);
    expect(stderr).toMatch(/warning: keep-going, cores: ssh-ng:\/\/forced@\S+ cannot be told/);
    expect(await offload.output(['nix', 'log', 'path:.#cores'])).toBe(`cores ${BUILDERS.cores}`);
    const unasked = await offload.run(['nix', 'build', '--no-link', 'path:.#other']);
    expect(unasked.stderr).not.toContain('cannot be told');
  });
});

describe('of the step', () => {
  it('hold for clients that ask for nothing else', async () => {
    await using offload = await setUp({ inputs: { cores: '5', 'keep-going': 'true' } });
    await offload.writeFlake({
      cores: printsCores('of-the-step'),
      others: printsCores('of-the-client'),
      bad: recipes.failing('bad-step'),
      late: recipes.script('late-step', 'sleep 1; echo late > $out'),
    });
    const build = ['nix', 'build', '--no-link'];
    expect((await offload.run([...build, ...flake(['bad', 'cores', 'late'])])).code).toBe(1);
    expect(await builder.validPaths(await offload.outPaths(['late']))).not.toEqual(new Set());
    expect(await offload.output(['nix', 'log', 'path:.#cores'])).toBe('cores 5');
    await offload.output([...build, '--cores', '6', 'path:.#others']);
    expect(await offload.output(['nix', 'log', 'path:.#others'])).toBe('cores 6');
  });
});

describe('what a client shows', () => {
  it('are the lines of builds as they are printed, and messages that are whole', async () => {
    await using offload = await setUp({});
    await offload.writeFlake({
      inner: recipes.script('inner', 'echo inner line; echo inner > $out'),
      outer: recipes.script('outer', 'echo outer line; cat ${inner} > $out'),
      other: recipes.script('other', 'echo other line; printf "no end"; echo other > $out'),
    });
    const shown = await offload.run(['nix', 'build', '--no-link', '-L', 'path:.#outer']);
    expect(shown.stderr.split('\n')).toEqual(
      expect.arrayContaining(['inner> inner line', 'outer> outer line']),
    );
    const json = ['--log-format', 'internal-json', '-v'];
    const { code, stderr } = await offload.run(['nix', 'build', ...json, 'path:.#other']);
    expect(code).toBe(0);
    const messages = messagesIn(stderr);
    const builds = messages.filter(({ action, type }) => action === 'start' && type === BUILD);
    expect(builds.map(({ fields }) => fields?.[0])).toEqual([
      expect.stringMatching(/^\/nix\/store\/\w+-other\.drv$/),
    ]);
    const id = builds[0]?.id;
    const said = messages.filter(({ type, ...rest }) => type === BUILD_LOG && rest.id === id);
    expect(said.map(({ fields }) => fields?.[0])).toEqual(['other line', 'no end']);
    expect(
      messages.filter(({ action, ...rest }) => action === 'stop' && rest.id === id),
    ).toHaveLength(1);
  });
});

/** Nix's ActivityType actBuild and ResultType resBuildLogLine (logging.hh). */
const BUILD = 105;
const BUILD_LOG = 101;

/** One of Nix's internal-json messages. */
interface Message {
  readonly action: string;
  readonly id?: string;
  readonly type?: number;
  readonly fields?: readonly unknown[];
}

function messagesIn(stderr: string): readonly Message[] {
  const lines = stderr.split('\n').filter((line) => line.startsWith('@nix '));
  return lines.map((line) => {
    // Ids are larger than what a number holds.
    const json = line.slice('@nix '.length).replace(/"(id|parent)":(\d+)/g, '"$1":"$2"');
    return JSON.parse(json) as Message;
  });
}
