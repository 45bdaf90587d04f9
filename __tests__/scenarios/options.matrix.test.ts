import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  recipes,
  startBuilder,
  startNixHost,
  SUITES,
  type Builder,
  type NixHost,
  type UserName,
} from '../../lab/index.ts';
import { overlapOf, overlapping, printsCores } from '../helpers/options.ts';
import { linesOf, runScenario } from '../helpers/scenario.ts';

describe.each(SUITES)('to the Nix of %s, options', (suite) => {
  let builder: Builder;
  let runner: NixHost;

  beforeAll(async () => {
    builder = await startBuilder({ suite, maxJobs: 4, nixConf: ['cores = 3'] });
    runner = await startNixHost({ name: 'runner', nix: 'user-owned' });
  });

  afterAll(async () => {
    await Promise.all([runner.stop(), builder.stop()]);
  });

  const channels: readonly [text: string, login: UserName, query?: string][] = [
    ['the socket', 'ci'],
    ['exec by an ordinary user', 'ci', 'remote-program=nix-daemon'],
    ['exec by root', 'root', 'remote-program=nix-daemon'],
  ];

  it.concurrent.each(channels)(
    'arrive over %s, and change nothing else',
    async (channel, login, query) => {
      const salt = channel.replaceAll(' ', '-');
      const way = { builder, runner, login, query };
      const going = await runScenario({
        ...way,
        attributes: {
          ...overlapping(`going-${salt}`, 4, 2),
          cores: printsCores(`going-cores-${salt}`),
          bad: recipes.failing(`bad-${salt}`),
        },
        inputs: { 'keep-going': 'true' },
      });
      const { bad, ...others } = going.statuses;
      expect(bad, going.log).toBe('failed');
      expect(new Set(Object.values(others)), going.log).toEqual(new Set(['built']));
      expect(await overlapOf(builder, going)).toBe(4);
      expect(linesOf(going.log)).toContain('cores 3');

      const all = await runScenario({
        ...way,
        attributes: {
          ...overlapping(`all-${salt}`, 4, 0.5),
          cores: printsCores(`all-cores-${salt}`),
          endless: recipes.script(`endless-${salt}`, 'while sleep 0.5; do echo on; done'),
          silent: recipes.silent(`silent-${salt}`, 30),
        },
        inputs: {
          'keep-going': 'true',
          'max-jobs': '2',
          cores: '7',
          timeout: '5',
          'max-silent-time': '2',
        },
      });
      const { endless, silent, cores } = all.statuses;
      expect({ endless, silent, cores }, all.log).toEqual({
        endless: 'timed-out',
        silent: 'timed-out',
        cores: 'built',
      });
      expect(all.log).not.toContain('::warning');
      expect(await overlapOf(builder, all)).toBe(2);
      expect(linesOf(all.log)).toContain('cores 7');
    },
  );

  it.concurrent(
    'arrive over a forced command below Nix 2.20, and are told of from there on',
    async () => {
      const version = await builder.output(['nix', '--version']);
      const arrives = Number(/ 2\.(\d+)/.exec(version)?.[1]) < 20;
      const ran = await runScenario({
        builder,
        runner,
        login: 'forced',
        attributes: {
          ...overlapping('forced', 4, 1),
          cores: printsCores('forced-cores'),
        },
        inputs: { 'max-jobs': '2', cores: '7' },
      });
      expect(ran.code, ran.log).toBe(0);
      expect(await overlapOf(builder, ran)).toBe(arrives ? 2 : 4);
      expect(linesOf(ran.log)).toContain(`cores ${arrives ? 7 : 3}`);
      expect(/^::warning::max-jobs, cores: .* cannot be told/m.test(ran.log)).toBe(!arrives);
    },
  );
});
