import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  makeRelease,
  recipes,
  startBuilder,
  startNixHost,
  USERS,
  type Builder,
  type NixHost,
} from '../../lab/index.ts';
import { LiveStep } from '../helpers/live-step.ts';
import { setUpOffload } from '../helpers/offload.ts';
import { ReleaseServer } from '../helpers/release-server.ts';
import {
  linkTarget,
  outputPath,
  runScenario,
  type Ran,
  type Scenario,
} from '../helpers/scenario.ts';

const TOOL_CACHE = '/home/sudoer/tools';
const HOME = USERS.sudoer.home;

describe('a runner without Nix', () => {
  let builder: Builder;
  let server: ReleaseServer;
  let runner: NixHost;
  const attributes = {
    below: recipes.file('below', 1000),
    top: recipes.script('top', 'echo ${below} > $out'),
    imported: recipes.importFromDerivation('imported'),
  };

  beforeAll(async () => {
    builder = await startBuilder();
    server = await ReleaseServer.start(await makeRelease());
    runner = await startNixHost({ name: 'runner', nix: 'none' });
  });

  afterAll(async () => {
    await Promise.all([builder.stop(), runner.stop(), server[Symbol.asyncDispose]()]);
  });

  function scenario(more: Partial<Scenario> = {}) {
    return {
      ...{
        builder,
        runner,
        attributes,
        user: 'sudoer' as const,
        env: { RUNNER_TOOL_CACHE: TOOL_CACHE },
      },
      ...more,
      inputs: {
        'nix-install-url': server.base('well'),
        'nix-version': server.release.version,
        // Nobody is there to be asked.
        'extra-nix-config': 'substituters =\nflake-registry =',
        ...more.inputs,
      },
    };
  }

  /** As a later step of that job. */
  async function later({ path, environment }: Ran, argv: readonly string[]): Promise<string> {
    const PATH = [...path, '/usr/bin', '/bin'].join(':');
    return runner.output(argv, {
      ...{ user: 'sudoer', cwd: HOME },
      env: { ...Object.fromEntries(environment), PATH },
    });
  }

  it('has Nix installed, builds remotely, and copies back', async () => {
    const ran = await runScenario(scenario({ inputs: { 'copy-outputs': 'true' } }));
    expect(ran.statuses, ran.log).toEqual({ below: 'built', top: 'built', imported: 'built' });
    expect(ran.log).toMatch(
      new RegExp(
        `^installed Nix ${server.release.version} from ${server.tarball('well')} in `,
        'm',
      ),
    );
    expect(ran.log).not.toContain('::warning::');
    const top = outputPath(ran, 'top');
    expect(await linkTarget(runner, ran, 'result-top')).toBe(top);
    expect(await runner.read(top)).toContain(outputPath(ran, 'below'));

    expect(await later(ran, ['nix', '--version'])).toContain(server.release.version);
    expect(await later(ran, ['nix', 'path-info', top])).toBe(top);
    expect(
      await later(ran, [
        'nix',
        'build',
        '--no-link',
        '--print-out-paths',
        `path:${ran.workspace}#top`,
      ]),
    ).toBe(top);
    await later(ran, ['nix-collect-garbage']);
    expect(await later(ran, ['nix-store', '--verify', '--check-contents'])).toBe('');
  });

  it('is left as its user’s own: no daemon, no build users, nothing in the user’s home', async () => {
    const owners = await runner.output(['find', '/nix', '-maxdepth', '1', '-printf', '%u %P\n']);
    expect(owners.split('\n').sort()).toEqual(['sudoer ', 'sudoer store', 'sudoer var']);
    expect((await runner.processes()).filter(({ argv }) => argv.join(' ').includes('nix'))).toEqual(
      [],
    );
    const files = await runner.output([
      'find',
      HOME,
      '-maxdepth',
      '1',
      '-name',
      '.*',
      '-printf',
      '%P\n',
    ]);
    expect(files).not.toMatch(/profile|nix-/);
    expect((await runner.run(['ls', '/etc/nix'])).code).not.toBe(0);
  });

  it('is not installed on twice', async () => {
    const before = server.requests.length;
    const ran = await runScenario(scenario());
    expect(ran.code, ran.log).toBe(0);
    expect(ran.log).toContain(`Nix ${server.release.version} is installed already`);
    expect(server.requests.length).toBe(before);
    expect(ran.path).toHaveLength(1);
  });

  it('finds the tarball again in the tool cache of its machine', async () => {
    await runner.output(['rm', '-rf', '/nix']);
    const before = server.requests.length;
    const ran = await runScenario(scenario());
    expect(ran.code, ran.log).toBe(0);
    expect(ran.log).toMatch(/^installed Nix \S+ from the tool cache in /m);
    expect(server.requests.length).toBe(before);
  });

  it('is connected while Nix still comes', async () => {
    await runner.output(['rm', '-rf', '/nix']);
    const held = { 'nix-install-url': server.base('held') };
    const live = await LiveStep.start(scenario({ inputs: held }));
    await live.said(/^connected to /m);
    server.letGo();
    const ended = await live.ended();
    expect(ended.code, ended.log).toBe(0);
    await live.post();
  });

  it('builds with the builder as its Nix’s own remote builder', async () => {
    await runner.output(['rm', '-rf', '/nix']);
    const ran = await runScenario({
      ...scenario({ inputs: { mode: 'builders', 'max-jobs': '0' } }),
      ...{ login: 'trusted', attributes: { theirs: recipes.file('theirs', 10) } },
    });
    expect(ran.statuses, ran.log).toEqual({ theirs: 'built' });
    expect(ran.log).toMatch(/^installed Nix/m);
    const path = outputPath(ran, 'theirs');
    expect(await builder.validPaths([path])).toEqual(new Set([path]));
    expect(await runner.read(path)).toContain('theirs');
  });

  it('has Nix in the steps after one that only sets up', async () => {
    await runner.output(['rm', '-rf', '/nix']);
    await using offload = await setUpOffload(scenario());
    expect(offload.main.log).toMatch(/^installed Nix/m);
    await offload.writeFlake({ through: recipes.file('through', 10) });
    await offload.output(['nix', 'build', 'path:.#through']);
    const paths = await offload.outPaths(['through']);
    expect(await builder.validPaths(paths)).toEqual(new Set(paths));
    expect(await offload.target('result')).toBe(paths[0]);
  });

  it('is downloaded again where that one is damaged', async () => {
    await runner.output(['rm', '-rf', '/nix']);
    await runner.output(['sh', '-c', `truncate -s 1M ${TOOL_CACHE}/*/*/*/archive`]);
    const ran = await runScenario(scenario());
    expect(ran.code, ran.log).toBe(0);
    expect(ran.log).toMatch(/^Nix cannot be installed from the tool cache: cannot unpack /m);
    expect(ran.log).toMatch(/^installed Nix \S+ from http/m);
  });
});
