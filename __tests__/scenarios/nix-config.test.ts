import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  makeSigningKey,
  recipes,
  startBuilder,
  startNixHost,
  type Builder,
  type NixHost,
} from '../../lab/index.ts';
import { machineLine } from '../helpers/builders.ts';
import { setUpOffload } from '../helpers/offload.ts';
import { outputPath, runScenario } from '../helpers/scenario.ts';
import { TESTED_SUITES } from '../helpers/suites.ts';

/** The second is the older name. */
const SHOW_CONFIG = ['sh', '-c', 'nix config show || nix show-config'];

describe.each(TESTED_SUITES)('extra-nix-config, with the Nix of %s', (suite) => {
  let builder: Builder;
  let runner: NixHost;

  beforeAll(async () => {
    builder = await startBuilder({ suite });
    runner = await startNixHost({ suite, name: 'runner' });
  });

  afterAll(async () => {
    await Promise.all([runner.stop(), builder.stop()]);
  });

  const store = (): Readonly<Record<string, string>> => ({});
  const machines = () => ({ store: '', builders: machineLine(builder) });
  const MODES = [
    ['remote-store', 'trusted', store],
    ['builders', 'trusted', machines],
    ['builders', 'sudoer', machines],
  ] as const;

  const local = () => ({ store: '', mode: 'local' });

  it.each([...MODES, ['local', 'ci', local] as const])(
    'is for evaluation, and ends with the step: %s, as %s',
    async (mode, user, place) => {
      const salt = `${suite}-${mode}-${user}`;
      const ran = await runScenario({
        ...{ builder, runner, user },
        attributes: {
          plain: recipes.file(`plain-${salt}`, 10),
          imported: recipes.importFromDerivation(`imported-${salt}`),
        },
        inputs: { 'extra-nix-config': 'allow-import-from-derivation = false', ...place() },
      });
      expect(ran.statuses, ran.log).toEqual({ plain: 'built', imported: 'evaluation-failed' });
      expect(ran.environment.get('NIX_USER_CONF_FILES')).toBeUndefined();
      expect((await runner.run(['sh', '-c', 'ls /tmp/*/*.conf'])).stdout).toBe('');
    },
  );

  it.each(MODES)('is for later steps where they are set up: %s, as %s', async (_, user, place) => {
    const theirs = `/home/${user}/.config/nix/nix.conf`;
    await runner.write(
      '/',
      { [theirs]: 'tarball-ttl = 11\nstalled-download-timeout = 12\n' },
      user,
    );
    await runner.write('/', { '/etc/more.conf': 'connect-timeout = 13\n' });
    const lines = ['tarball-ttl = 14 # and what else', 'include /etc/more.conf'];
    const inputs = { 'extra-nix-config': lines.join('\n'), ...place() };
    await using later = await setUpOffload({ builder, runner, user, inputs });
    const shown = (await later.output(SHOW_CONFIG)).split('\n');
    expect(shown).toEqual(
      expect.arrayContaining([
        'tarball-ttl = 14',
        'stalled-download-timeout = 12',
        'connect-timeout = 13',
      ]),
    );
    await later.stop();
    expect((await runner.run(['sh', '-c', 'ls /tmp/*/*.conf'])).stdout).toBe('');
  });

  it('wins over what the step sets, which is told by name', async () => {
    const extra = 'max-jobs = 3\nbuild-poll-interval = 1\ncores = 2';
    const inputs = { 'extra-nix-config': extra, 'max-jobs': '0', cores: '5', ...machines() };
    const env = { NIX_CONFIG: 'max-jobs = 7' };
    await using later = await setUpOffload({ builder, runner, user: 'trusted', inputs, env });
    const warnings = later.main.log.match(/^::warning::.* what this step sets: .*$/gm);
    expect(warnings).toEqual([
      '::warning::extra-nix-config overrides what this step sets: max-jobs, cores',
      '::warning::NIX_CONFIG overrides what this step sets: max-jobs',
    ]);
    const shown = (await later.output(SHOW_CONFIG)).split('\n');
    expect(shown).toEqual(expect.arrayContaining(['max-jobs = 3', 'cores = 2']));
  });

  it.each(['trusted', 'sudoer'] as const)(
    'is for the store that builds with builders: %s',
    async (user) => {
      const hook = '#!/bin/sh\necho "$DRV_PATH" >> /var/tmp/built\n';
      await runner.write('/opt', { 'bin/hook': hook });
      const name = `hooked-${suite}-${user}`;
      const ran = await runScenario({
        ...{ builder, runner, user },
        attributes: { [name]: recipes.file(name, 10) },
        inputs: { 'extra-nix-config': 'post-build-hook = /opt/bin/hook', ...machines() },
      });
      expect(ran.statuses, ran.log).toEqual({ [name]: 'built' });
      expect(await runner.read('/var/tmp/built')).toContain(ran.results[0]?.drvPath);
    },
  );

  it('is for the local store that builds by itself', async () => {
    const name = `locally-${suite}`;
    const ran = await runScenario({
      ...{ builder, runner, user: 'ci' },
      attributes: { [name]: recipes.script(name, 'echo $NIX_BUILD_CORES > $out') },
      inputs: { 'extra-nix-config': 'cores = 3', cores: '2', ...local() },
    });
    expect(ran.statuses, ran.log).toEqual({ [name]: 'built' });
    expect(await runner.read(outputPath(ran, name))).toBe('3\n');
  });

  it.each([
    ['cores = many', /Nix does not take it: .*'cores' has invalid value 'many'/],
    ['include /nowhere.conf', /Nix does not take it: .*\/nowhere\.conf/],
  ])('is tried out before anything else: %s', async (extra, said) => {
    for (const installables of ['', '.#nothing']) {
      const inputs = { 'extra-nix-config': extra, installables };
      const ran = await runScenario({ builder, runner, user: 'trusted', inputs });
      expect(ran.code).toBe(1);
      expect(ran.log).toMatch(new RegExp(`^::error::extra-nix-config: ${said.source}`, 'm'));
      expect(ran.environment).toEqual(new Map());
    }
  });

  it('is told to be unheard by a daemon that does not trust the user', async () => {
    const extra = 'extra-trusted-public-keys = a:b\nsandbox = false\nsubstituters =\ncores = 1';
    const inputs = { 'extra-nix-config': extra };
    const attributes = { plain: recipes.file(`unheard-${suite}`, 10) };
    const told =
      "::warning::extra-nix-config: the local Nix daemon does not trust user 'ci', and ignores what it says of trusted-public-keys, sandbox. ";
    const ran = await runScenario({ builder, runner, user: 'ci', attributes, inputs });
    expect(ran.log).toContain(told);
    expect(ran.statuses).toEqual({ plain: 'built' });
    const trusted = await runScenario({ builder, runner, user: 'trusted', attributes, inputs });
    expect(trusted.log).not.toContain('does not trust');
  });
});

describe('the key of a builder that signs', () => {
  const SECRET_KEY = '/etc/nix/secret-key';
  const key = makeSigningKey('lab-builder-1');
  let builder: Builder;

  beforeAll(async () => {
    builder = await startBuilder({ nixConf: [`secret-key-files = ${SECRET_KEY}`] });
    await builder.write('/', { [SECRET_KEY]: key.secretKey });
  });

  afterAll(() => builder.stop());

  const step = {
    inputs: {
      'copy-outputs': 'true',
      'extra-nix-config': `extra-trusted-public-keys = ${key.publicKey}`,
    },
  };

  it('does not count for a user whom the daemon does not trust, until the machine trusts it', async () => {
    await using runner = await startNixHost({ name: 'runner' });
    const attributes = { signed: recipes.file('signed', 10) };
    const user = 'ci';
    const refused = await runScenario({ ...step, builder, runner, user, attributes });
    expect(refused.code).toBe(1);
    expect(refused.log).toContain('and ignores what it says of trusted-public-keys');
    expect(refused.log).toContain('lacks a signature by a trusted key');
    expect(await runner.validPaths([outputPath(refused, 'signed')])).toEqual(new Set());
    await runner.configure([`trusted-public-keys = ${key.publicKey}`]);
    const taken = await runScenario({ ...step, builder, runner, user, attributes });
    expect(taken.code, taken.log).toBe(0);
    expect(await runner.validPaths([outputPath(taken, 'signed')])).toHaveProperty('size', 1);
  });

  it.each([
    ['user-owned', 'owner'],
    ['daemon', 'trusted'],
  ] as const)('counts where Nix is %s, for %s', async (nix, user) => {
    await using runner = await startNixHost({ name: 'runner', nix });
    const extra = { 'extra-nix-config': step.inputs['extra-nix-config'] };
    await using later = await setUpOffload({ builder, runner, user, inputs: extra });
    expect(later.main.log).not.toContain('ignores');
    await later.writeFlake({ signed: recipes.file(`signed-${nix}`, 10) });
    await later.output(['nix', 'build', 'path:.#signed']);
    const verify = ['nix', 'store', 'verify', '--no-contents', await later.target('result')];
    await later.output(verify);
    const { code, stderr } = await later.run(verify, { env: { NIX_USER_CONF_FILES: undefined } });
    expect(code, stderr).not.toBe(0);
    expect(stderr).toContain('untrusted');
  });
});
