import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  flakeFiles,
  recipes,
  startBuilder,
  startNixHost,
  SYSTEM,
  writeFlake,
  type Builder,
  type NixHost,
  type UserName,
} from '../../lab/index.ts';
import {
  linkTarget,
  makeWorkspace,
  outputPath,
  runScenario,
  type Ran,
} from '../helpers/scenario.ts';

/** A file as nixpkgs' are: a function with defaults, of which there is a set of derivations. */
const DEFAULT_NIX = `{ greeting ? "hello" }: {
  say = derivation {
    name = "say"; system = "${SYSTEM}";
    builder = "\${./bin}/busybox"; args = [ "sh" "-c" "echo \${greeting} > $out" ];
  };
}`;

let builder: Builder;
let runner: NixHost;

beforeAll(async () => {
  builder = await startBuilder();
  runner = await startNixHost({ name: 'runner', nix: 'user-owned' });
});

afterAll(async () => {
  await Promise.all([runner.stop(), builder.stop()]);
});

/**
 * Runs a step in a workspace and compares its only derivation with stock Nix' in the same place.
 * @param stock arguments of `nix eval --raw`
 * @param user who runs stock Nix
 * @param env further variables of the step
 */
async function expectLikeStock(
  workspace: string,
  inputs: Readonly<Record<string, string>>,
  stock: readonly string[],
  user: UserName = 'owner',
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const ran = await runScenario({
    builder,
    runner,
    workspace,
    inputs: { 'copy-outputs': 'true', 'out-link': '', ...inputs },
    env,
  });
  expect(ran.code, ran.log).toBe(0);
  expect(ran.results).toHaveLength(1);
  const evaluated = await runner.output(['nix', 'eval', '--raw', ...stock], {
    user,
    cwd: workspace,
  });
  expect(ran.results[0]?.drvPath).toBe(evaluated);
  return ran;
}

describe('a Nix file', () => {
  let workspace: string;

  beforeAll(async () => {
    workspace = await makeWorkspace(runner, 'owner');
    const { 'bin/busybox': busybox = '' } = await flakeFiles({});
    await runner.write(workspace, { 'default.nix': DEFAULT_NIX, 'bin/busybox': busybox }, 'owner');
  });

  it('is evaluated with file, its functions called', async () => {
    const ran = await expectLikeStock(workspace, { file: './default.nix', installables: 'say' }, [
      '--file',
      './default.nix',
      'say.drvPath',
    ]);
    expect(await runner.read(outputPath(ran, 'say'))).toBe('hello\n');
  });

  it('takes eval-args', async () => {
    const ran = await expectLikeStock(
      workspace,
      { file: 'default.nix', installables: 'say', 'eval-args': "--argstr greeting 'good day'" },
      ['--file', './default.nix', '--argstr', 'greeting', 'good day', 'say.drvPath'],
    );
    expect(await runner.read(outputPath(ran, 'say'))).toBe('good day\n');
  });

  it('is imported by expr', async () => {
    const expr = 'import ./default.nix { greeting = "expressly"; }';
    const ran = await expectLikeStock(
      workspace,
      { expr, installables: 'say', 'eval-args': '--impure' },
      ['--impure', '--expr', expr, 'say.drvPath'],
    );
    expect(await runner.read(outputPath(ran, 'say'))).toBe('expressly\n');
  });
});

describe('a git checkout', () => {
  const attributes = (text: string) => ({
    said: recipes.script('said', `cat \${./text} > $out; echo ${text} >> $out`),
  });

  it('that is dirty: changes of tracked files count, untracked files do not', async () => {
    const workspace = await makeWorkspace(runner, 'owner');
    await runner.write(workspace, { text: 'tracked\n' }, 'owner');
    await writeFlake(runner, workspace, attributes('clean'), 'owner', { git: true });
    await runner.write(workspace, { text: 'changed\n', other: 'untracked' }, 'owner');
    const ran = await expectLikeStock(workspace, { installables: '.#said' }, ['.#said.drvPath']);
    expect(await runner.read(outputPath(ran, 'said'))).toBe('changed\nclean\n');
  });

  it('that another user owns, as in a job’s container', async () => {
    const workspace = '/srv/checkout';
    await runner.write(workspace, { text: 'of root\n' });
    await writeFlake(runner, workspace, attributes('foreign'), 'root', { git: true });
    const ran = await expectLikeStock(
      workspace,
      { installables: '.#said' },
      // By its owner, who has a store of his own for it: stock Nix refuses it to others.
      ['--store', '/root/store', '.#said.drvPath'],
      'root',
    );
    expect(await runner.read(outputPath(ran, 'said'))).toBe('of root\nforeign\n');
    const config = await runner.run(['git', 'config', '--global', '--list'], { user: 'owner' });
    expect(config.stdout).not.toContain('safe.directory');
  });
});

it.each(['/srv/my repo', '/srv/50%?#größe'])('a checkout in %s', async (workspace) => {
  await runner.output(['install', '-d', '-o', 'owner', '-g', 'owner', workspace]);
  const attributes = { said: recipes.script('named', `echo '${workspace}' > $out`) };
  await writeFlake(runner, workspace, attributes, 'owner', { git: true });
  for (const flake of ['.', 'path:.']) {
    const installables = `${flake}#said`;
    const ran = await expectLikeStock(
      workspace,
      { installables, 'out-link': 'result' },
      [`${installables}.drvPath`],
      'owner',
      { RUNNER_TEMP: workspace },
    );
    expect(await runner.read(outputPath(ran, 'said'))).toBe(`${workspace}\n`);
    expect(await linkTarget(runner, ran, 'result')).toBe(outputPath(ran, 'said'));
  }
});

it('a flake below the working directory, with an input overridden', async () => {
  const workspace = await makeWorkspace(runner, 'owner');
  const inputs = {
    'flake.nix': '{ outputs = { self }: { text = "from the input"; }; }',
  };
  const { 'bin/busybox': busybox = '' } = await flakeFiles({});
  const flake = `{
    inputs.words.url = "path:/nowhere";
    outputs = { self, words }: { packages.${SYSTEM}.said = derivation {
      name = "said"; system = "${SYSTEM}"; builder = "\${./bin}/busybox";
      args = [ "sh" "-c" "echo \${words.text} > $out" ];
    }; };
  }`;
  await runner.write(`${workspace}/words`, inputs, 'owner');
  await runner.write(`${workspace}/sub`, { 'flake.nix': flake, 'bin/busybox': busybox }, 'owner');
  const override = ['--override-input', 'words', `path:${workspace}/words`] as const;
  const ran = await expectLikeStock(
    workspace,
    { 'working-directory': 'sub', installables: 'path:.#said', 'eval-args': override.join(' ') },
    [...override, 'path:./sub#said.drvPath'],
  );
  expect(await runner.read(outputPath(ran, 'said'))).toBe('from the input\n');
});
