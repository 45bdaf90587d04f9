import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  recipes,
  startBuilder,
  startNixHost,
  type Builder,
  type NixHost,
} from '../../lab/index.ts';
import type { StepResult } from '../../lab/step.ts';
import { machineLine } from '../helpers/builders.ts';
import { EnvironmentWatch } from '../helpers/environment-watch.ts';
import { FakeGithub } from '../helpers/fake-github.ts';
import { setUpOffload } from '../helpers/offload.ts';
import { finishScenario, prepareScenario, runScenario } from '../helpers/scenario.ts';
import { filesWith } from '../helpers/secret-search.ts';
import { TESTED_SUITES } from '../helpers/suites.ts';

const TOKEN = 'ghs_16C7e42F292c6912E7710c838347Ae178B4a';
const AUTHORIZED: unknown = expect.stringMatching(new RegExp(`^(token|Bearer) ${TOKEN}$`));

/** Of the job's own configuration: one that ours replaces, one that stays. */
const PRESENT = {
  '/home/owner/.config/nix/nix.conf': 'access-tokens = github.com=old gitlab.com=OAuth2:theirs\n',
};

/** The second is the older name. */
const SHOW_TOKENS = ['sh', '-c', 'nix config show || nix show-config'];

describe.each(TESTED_SUITES)('github-token, with the Nix of %s', (suite) => {
  let builder: Builder;
  let runner: NixHost;
  let github: FakeGithub;

  beforeAll(async () => {
    github = await FakeGithub.start(
      {
        hello: recipes.script(`hello-${suite}`, 'echo hello > $out'),
      },
      ['api.github.com', 'github.example.org', 'api.github.example.org'],
    );
    builder = await startBuilder({ suite });
    runner = await startNixHost({ suite, name: 'runner', nix: 'user-owned' });
    await github.introduceTo(runner);
    await runner.write('/', PRESENT, 'owner');
  });

  afterAll(async () => {
    await github[Symbol.asyncDispose]();
    await Promise.all([runner.stop(), builder.stop()]);
  });

  /** What a step and its post printed and left, but for the command by which GitHub's runner learns what to hide. */
  function textsOf(...results: readonly StepResult[]): string {
    const texts = results.flatMap(({ log, summary, outputs, environment }) => [
      ...[log, summary],
      ...[...outputs.values(), ...environment.values()],
    ]);
    return texts.join('\n').replaceAll(/^::add-mask::.*$/gm, '');
  }

  it('is what a step fetches with, and is nowhere but in a file of its own while that runs', async () => {
    const watch = EnvironmentWatch.start(runner);
    const prepared = await prepareScenario({
      builder,
      runner,
      inputs: { installables: `github:lab/evaluated-${suite}#hello`, 'github-token': `${TOKEN}\n` },
      env: github.env,
    });
    const ran = await finishScenario(prepared);
    await watch.stop();
    expect(ran.statuses, ran.log).toEqual({ hello: 'built' });
    expect(github.authorizations(`evaluated-${suite}`)).toEqual([AUTHORIZED]);
    expect(ran.log).toContain(`::add-mask::${TOKEN}\n`);
    expect(textsOf(ran)).not.toContain(TOKEN);
    expect(watch.programs).toContain('nix');
    expect(watch.texts.filter((text) => text.includes(TOKEN))).toEqual([]);
    expect(await filesWith(runner, [TOKEN])).toEqual([]);
    expect(ran.environment.get('NIX_USER_CONF_FILES')).toBeUndefined();
  });

  const modes = {
    'remote-store': () => ({}),
    builders: () => ({ store: '', builders: machineLine(builder) }),
  };

  it.each(['remote-store', 'builders'] as const)(
    'is for later steps, in a file that post removes: %s',
    async (mode) => {
      const watch = EnvironmentWatch.start(runner);
      const inputs = { 'github-token': TOKEN, ...modes[mode]() };
      const later = await setUpOffload({ builder, runner, inputs });
      const repository = `later-${suite}-${mode}`;
      await later.output(['nix', 'build', `github:lab/${repository}#hello`], { env: github.env });
      expect(await later.output(['cat', 'result'])).toBe('hello');
      expect(github.authorizations(repository)).toEqual([AUTHORIZED]);
      expect(await later.output(SHOW_TOKENS)).toMatch(
        new RegExp(`^access-tokens = +github.com=${TOKEN} gitlab.com=OAuth2:theirs$`, 'm'),
      );
      await watch.stop();
      const [file = ''] = (later.env['NIX_USER_CONF_FILES'] ?? '').split(':');
      expect(await filesWith(runner, [TOKEN])).toEqual([file]);
      expect(await runner.output(['stat', '-c', '%a %U', file])).toBe('600 owner');
      expect(await runner.output(['stat', '-c', '%a %U', file.replace(/\/[^/]*$/, '')])).toBe(
        '700 owner',
      );
      const post = await later.stop();
      expect(await filesWith(runner, [TOKEN])).toEqual([]);
      expect(textsOf(later.main, post)).not.toContain(TOKEN);
      expect(watch.texts.filter((text) => text.includes(TOKEN))).toEqual([]);
    },
  );

  it('is not sent anywhere but to the GitHub that runs the workflow', async () => {
    const inputs = { installables: '', 'github-token': TOKEN };
    const env = { GITHUB_SERVER_URL: 'https://github.example.org' };
    await using later = await setUpOffload({ builder, runner, inputs, env });
    const fetch = (ref: string) =>
      later.output(['nix', 'build', '--no-link', ref], { env: github.env });
    await fetch(`github:lab/elsewhere-${suite}#hello`);
    await fetch(`github:lab/enterprise-${suite}?host=github.example.org#hello`);
    expect(github.authorizations(`elsewhere-${suite}`)).toEqual([expect.stringMatching(/ old$/)]);
    expect(github.authorizations(`enterprise-${suite}`)).toEqual([AUTHORIZED]);
  });

  it('is recommended where GitHub refuses anonymous requests', async () => {
    const ran = await runScenario({
      builder,
      runner,
      inputs: { installables: 'github:lab/limited#hello' },
      env: { ...github.env, NIX_USER_CONF_FILES: '' },
    });
    expect(ran.code).toBe(1);
    expect(ran.log).toMatch(/::error.*HTTP error 403.*github-token/);
  });
});
