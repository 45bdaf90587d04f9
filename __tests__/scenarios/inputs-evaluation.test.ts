import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBuilder, startNixHost, type Builder, type NixHost } from '../../lab/index.ts';
import { runToFailure, type FailedStep } from '../helpers/failed-step.ts';
import { makeWorkspace, type Scenario } from '../helpers/scenario.ts';

/** What turns out to be wrong when Nix looks. */
describe.concurrent('inputs that Nix cannot evaluate', () => {
  let builder: Builder;
  let runner: NixHost;

  beforeAll(async () => {
    builder = await startBuilder({ suite: 'sid' });
    runner = await startNixHost({ suite: 'sid', name: 'runner', nix: 'user-owned' });
  });

  afterAll(async () => {
    await builder.stop();
    await runner.stop();
  });

  async function fail(scenario: Partial<Scenario>): Promise<FailedStep> {
    const attributes = { hello: 'sh "hello" "echo hello > $out"' };
    const failed = await runToFailure({ builder, runner, attributes, ...scenario });
    expect(failed.code, failed.log).toBe(1);
    expect(failed.seconds).toBeLessThan(20);
    return failed;
  }

  it('says what a flake lacks, what was looked for, and what may have been meant', async () => {
    const failed = await fail({ inputs: { installables: 'path:.#helo\npath:.#hello' } });
    const text =
      "flake 'path:.' does not provide attribute 'packages.x86_64-linux.helo', 'legacyPackages.x86_64-linux.helo' or 'helo'. " +
      'Did you mean hello?';
    expect(failed.errors).toEqual([
      text,
      `1 of 2 attributes failed: path:.#helo (evaluation-failed): ${text}`,
    ]);
    expect(failed.statuses).toMatchObject({ hello: 'built' });
  });

  it('says that a flake does not exist', async () => {
    const { errors } = await fail({ inputs: { installables: 'path:./nowhere#hello' } });
    expect(errors[0]).toMatch(
      /^cannot evaluate path:\.\/nowhere#hello: path '\/*home\/owner\/work-\w+\/nowhere' does not exist$/,
    );
  });

  it('says that a folder holds no flake', async () => {
    const workspace = await makeWorkspace(runner, 'owner');
    await runner.write(workspace, { 'sub/default.nix': '{ }' }, 'owner');
    const { errors } = await fail({ workspace, inputs: { installables: 'path:./sub#hello' } });
    expect(errors[0]).toMatch(
      /^cannot evaluate path:\.\/sub#hello: path '\/nix\/store\/\w{32}-source\/flake\.nix' does not exist\. Is there a flake\.nix, /,
    );
  });

  it('gives file, line and column of a syntax error', async () => {
    const workspace = await makeWorkspace(runner, 'owner');
    const flake = '{\n  outputs = { self }: {\n    packages = ;\n  };\n}\n';
    await runner.write(workspace, { 'broken/flake.nix': flake }, 'owner');
    const { errors } = await fail({ workspace, inputs: { installables: 'path:./broken#hello' } });
    expect(errors[0]).toMatch(
      /^cannot evaluate path:\.\/broken#hello: syntax error, unexpected ';', at \/nix\/store\/\w{32}-source\/flake\.nix:3:16$/,
    );
  });

  it('says that a file does not exist', async () => {
    const { errors } = await fail({ inputs: { file: 'nowhere.nix', installables: 'hello' } });
    expect(errors[0]).toMatch(
      /^cannot evaluate hello: path '\/home\/owner\/work-\w+\/nowhere\.nix' does not exist$/,
    );
  });

  it('says that the working directory does not exist', async () => {
    const inputs = { 'working-directory': 'nowhere' };
    const { errors } = await fail({ inputs });
    expect(errors).toEqual([
      expect.stringMatching(
        /^the folder \/home\/owner\/work-\w+\/nowhere does not exist\. Correct the input working-directory, or check out the repository in an earlier step\.$/,
      ),
    ]);
  });

  it('says that an evaluation argument is unknown to Nix', async () => {
    const { errors } = await fail({ inputs: { 'eval-args': '--frobnicate' } });
    expect(errors[0]).toBe(`cannot evaluate path:.#packages: unrecognised flag '--frobnicate'`);
  });

  it('says that Nix is not installed on the runner', async () => {
    // Node is there and nothing else.
    const { errors } = await fail({
      env: { PATH: '/usr/local/bin' },
      inputs: { 'install-nix': 'never' },
    });
    expect(errors).toEqual([
      'cannot run nix on this runner: it is not on PATH (/usr/local/bin). Install Nix in an earlier step.',
    ]);
  });
});
