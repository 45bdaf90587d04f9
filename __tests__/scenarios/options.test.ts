import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  recipes,
  startBuilder,
  startNixHost,
  type Builder,
  type NixHost,
  type UserName,
} from '../../lab/index.ts';
import { overlapOf, overlapping, printsCores } from '../helpers/options.ts';
import { lastName, linesOf, runScenario, type Ran, type Scenario } from '../helpers/scenario.ts';

/** The builder's own settings; what is not asked for must stay so. */
const OWN = { cores: 3, maxJobs: 4 } as const;

/** The ways to a daemon on which options arrive. */
const CHANNELS: readonly [text: string, login: UserName, query?: string][] = [
  ['the daemon’s socket', 'ci'],
  ['nix-daemon --stdio of an ordinary user', 'ci', 'remote-program=nix-daemon'],
  ['nix-daemon --stdio of root', 'root', 'remote-program=nix-daemon'],
];

let builder: Builder;
let runner: NixHost;

beforeAll(async () => {
  builder = await startBuilder({ maxJobs: OWN.maxJobs, nixConf: [`cores = ${OWN.cores}`] });
  runner = await startNixHost({ name: 'runner', nix: 'user-owned' });
});

afterAll(async () => {
  await Promise.all([builder.stop(), runner.stop()]);
});

const errorOf = ({ results }: Ran, name: string): string | undefined =>
  results.find(({ attribute }) => lastName(attribute) === name)?.error?.message;

const run = (scenario: Omit<Scenario, 'builder' | 'runner'>): Promise<Ran> =>
  runScenario({ builder, runner, ...scenario });

describe.concurrent.each(CHANNELS)('over %s', (channel, login, query) => {
  const way = query === undefined ? { login } : { login, query };
  const salt = channel.replaceAll(/[^a-z]+/gi, '-');

  it.concurrent('keep-going arrives, and jobs and cores stay as the builder has them', async () => {
    const ran = await run({
      ...way,
      attributes: {
        ...overlapping(`going-${salt}`, 4, 2),
        cores: printsCores(`going-cores-${salt}`),
        broken: recipes.failing(`broken-${salt}`),
        dependent: recipes.script(`dependent-${salt}`, 'cat ${broken} > $out'),
      },
      inputs: { 'keep-going': 'true' },
    });
    const { broken, dependent, ...others } = ran.statuses;
    expect([broken, dependent], ran.log).toEqual(['failed', 'dependency-failed']);
    expect(new Set(Object.values(others))).toEqual(new Set(['built']));
    expect(await overlapOf(builder, ran)).toBe(OWN.maxJobs);
    expect(linesOf(ran.log)).toContain(`cores ${OWN.cores}`);
    expect(ran.log).not.toContain('::warning');
  });

  it.concurrent('all options together arrive', async () => {
    const ran = await run({
      ...way,
      attributes: {
        ...overlapping(`jobs-${salt}`, 4, 0.5),
        cores: printsCores(`jobs-cores-${salt}`),
        long: recipes.script(`long-${salt}`, 'while sleep 0.5; do echo on; done'),
        silent: recipes.silent(`silent-${salt}`, 30),
        chatty: recipes.printing(`chatty-${salt}`, 100_000),
      },
      inputs: {
        'keep-going': 'true',
        'max-jobs': '2',
        cores: '7',
        timeout: '4',
        'max-silent-time': '2',
        'build-options': 'max-build-log-size = 1000',
      },
    });
    const { chatty, cores, long, silent } = ran.statuses;
    expect({ chatty, cores, long, silent }, ran.log).toEqual({
      chatty: login === 'root' ? 'failed' : 'built',
      cores: 'built',
      long: 'timed-out',
      silent: 'timed-out',
    });
    expect(errorOf(ran, 'long')).toContain('timed out after 4 seconds');
    expect(errorOf(ran, 'silent')).toContain('timed out after 2 seconds');
    if (login === 'root') {
      expect(errorOf(ran, 'chatty')).toContain('more than 1000 bytes of log output');
      expect(ran.log).not.toContain('::warning');
    } else {
      expect(ran.log).toContain(
        `::warning::build-options: max-build-log-size is heeded for trusted users only, and ssh-ng://${login}@127.0.0.1:${builder.port} does not ` +
          `trust this one. Set it in nix.conf there, or build as one of its trusted-users.`,
      );
    }
    expect(await overlapOf(builder, ran)).toBe(2);
    expect(linesOf(ran.log)).toContain('cores 7');
  });

  it.concurrent('without a request the builder goes on as it is', async () => {
    const ran = await run({
      ...way,
      attributes: {
        ...overlapping(`own-${salt}`, 4, 2),
        cores: printsCores(`own-cores-${salt}`),
      },
    });
    expect(ran.code, ran.log).toBe(0);
    expect(await overlapOf(builder, ran)).toBe(OWN.maxJobs);
    expect(linesOf(ran.log)).toContain(`cores ${OWN.cores}`);
  });
});

describe.concurrent('with a forced command', () => {
  it.concurrent('every option that cannot arrive is named, with the remedy', async () => {
    const ran = await run({
      login: 'forced',
      attributes: { cores: printsCores('forced-cores') },
      inputs: {
        'keep-going': 'true',
        'max-jobs': '2',
        cores: '7',
        timeout: '60',
        'max-silent-time': '60',
        'build-options': 'max-build-log-size = 1000',
      },
    });
    expect(ran.code).toBe(0);
    expect(linesOf(ran.log)).toContain(`cores ${OWN.cores}`);
    expect(ran.log).toContain(
      `::warning::keep-going, max-jobs, cores, timeout, max-silent-time, build-options: ssh-ng://forced@127.0.0.1:${builder.port} cannot be ` +
        `told, because the SSH user is bound to one command there and Nix does not pass options on. Take \`command=\` away from the key's line in authorized_keys there`,
    );
  });

  it.concurrent('nothing is said where nothing is asked', async () => {
    const ran = await run({
      login: 'forced',
      attributes: { quiet: recipes.file('quiet', 10) },
    });
    expect(ran.code).toBe(0);
    expect(ran.log).not.toContain('cannot be told');
  });
});
