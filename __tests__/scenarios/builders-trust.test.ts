import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  recipes,
  startBuilder,
  startNixHost,
  writeFlake,
  type Attributes,
  type Builder,
  type NixHost,
} from '../../lab/index.ts';
import {
  expectNothingLeft,
  expectNoTunnelNames,
  machineLine,
  machineUri,
  type MachineOptions,
} from '../helpers/builders.ts';
import { annotations } from '../helpers/failed-step.ts';
import { makeWorkspace, runScenario, type Ran } from '../helpers/scenario.ts';

const UNTRUSTED = { login: 'ci' } as const;

let builder: Builder;
let old: Builder;
let runner: NixHost;
let oldRunner: NixHost;

beforeAll(async () => {
  builder = await startBuilder();
  old = await startBuilder({ suite: 'bookworm', name: 'old' });
  runner = await startNixHost({ name: 'runner', nix: 'user-owned' });
  oldRunner = await startNixHost({ suite: 'bookworm', name: 'old-runner', nix: 'user-owned' });
});

afterAll(async () => {
  await Promise.all([builder, old, runner, oldRunner].map((host) => host.stop()));
});

async function build(
  on: NixHost,
  machines: readonly (readonly [Builder, MachineOptions])[],
  attributes: Attributes,
  workspace?: string,
): Promise<Ran> {
  const builders = machines.map(([machine, options]) => machineLine(machine, options));
  const ran = await runScenario({
    ...{ builder, runner: on, attributes, workspace },
    inputs: {
      store: '',
      builders: builders.join('\n'),
      'ssh-key': [builder, old].map(({ key }) => key.privateKey).join('\n'),
      'known-hosts': builder.knownHosts() + old.knownHosts(),
      'keep-going': 'true',
    },
  });
  await expectNothingLeft(on);
  await expectNoTunnelNames(on, ran);
  return ran;
}

describe('a machine whose daemon does not trust its user', () => {
  it('builds what needs no unsigned inputs', async () => {
    const leaf = recipes.file('untrusted-leaf', 10);
    const top = recipes.script('untrusted-top', 'cat ${leaf} > $out');
    const ran = await build(runner, [[builder, UNTRUSTED]], { leaf, top });
    expect(ran.statuses, ran.log).toEqual({ leaf: 'built', top: 'built' });
    const uri = machineUri(builder, UNTRUSTED);
    expect(ran.results.map(({ remote }) => remote)).toEqual([uri, uri]);
    expect(ran.log).toContain(`${uri} (a builder; its daemon does not trust user 'ci'`);
  });

  it.each(['trixie', 'sid'] as const)(
    'refuses inputs that nobody has signed, and the step says what to do: from %s',
    async (suite) => {
      await using here = await startNixHost({ suite, name: 'here', nix: 'user-owned' });
      const workspace = await makeWorkspace(here, 'owner');
      const attributes = {
        mine: recipes.randomFile('mine', 10),
        theirs: recipes.script('theirs', 'cat ${mine} > $out'),
        after: recipes.script('after', 'cat ${theirs} > $out'),
      };
      await writeFlake(here, workspace, attributes, 'owner');
      const local = ['nix', 'build', '--no-link', 'path:.#mine'];
      await here.output(local, { user: 'owner', cwd: workspace });
      const ran = await build(here, [[builder, UNTRUSTED]], attributes, workspace);
      expect(ran.statuses, ran.log).toEqual({
        mine: 'cached',
        theirs: 'failed',
        after: 'dependency-failed',
      });
      const uri = machineUri(builder, UNTRUSTED);
      for (const name of ['theirs', 'after']) {
        const error = ran.results.find(({ attribute }) => attribute.endsWith(`.${name}`))?.error;
        expect(error?.code).toBe('signature-required');
        expect(error?.message).toContain(`${uri}: cannot add path '/nix/store/`);
        expect(error?.message).toContain("-mine' because it lacks a signature by a trusted key");
        expect(error?.hint).toContain(
          `add the line 'extra-trusted-users = ci' to /etc/nix/nix.conf on ${uri}`,
        );
      }
    },
  );
});

describe('a machine whose daemon does not trust its user is left out', () => {
  const cases = [
    ['when the Nix here is too old', () => oldRunner, () => builder, 'ssh-ng'],
    ['when the Nix here and there is too old', () => oldRunner, () => old, 'ssh-ng'],
    ['when the Nix there is too old', () => runner, () => old, 'ssh-ng'],
    ['when it is reached by ssh://', () => runner, () => builder, 'ssh'],
    ['when it is reached by ssh:// and old', () => runner, () => old, 'ssh'],
  ] as const;

  it.each(cases)('%s', async (what, from, to, protocol) => {
    const name = `left-out-${what.replaceAll(/\W+/g, '-')}`;
    const attributes = { it: recipes.file(name, 10) };
    const machine = [to(), { ...UNTRUSTED, protocol }] as const;
    const refused = await build(from(), [machine], attributes);
    expect(refused.code).toBe(1);
    expect(annotations(refused.log, 'error')).toEqual([
      expect.stringMatching(
        /^the only builder cannot be used: its Nix daemon does not trust user 'ci', and builds nothing/,
      ),
    ]);
    const uri = machineUri(to(), { ...UNTRUSTED, protocol });
    expect(refused.log).toContain(
      `add the line 'extra-trusted-users = ci' to /etc/nix/nix.conf on ${uri} and start its nix-daemon again`,
    );

    const both = await build(from(), [machine, [to(), {}]], attributes);
    expect(both.statuses, both.log).toEqual({ it: 'built' });
    expect(both.results).toMatchObject([{ remote: machineUri(to()) }]);
    expect(annotations(both.log, 'warning')).toEqual([
      expect.stringContaining(`${uri} is left out: its Nix daemon does not trust user 'ci'`),
    ]);
  });

  it('and the line is all that it takes', async () => {
    await using changed = await startBuilder({ suite: 'bookworm', name: 'changed' });
    await changed.configure(['extra-trusted-users = ci']);
    const ran = await runScenario({
      ...{ builder: changed, runner: oldRunner },
      attributes: { it: recipes.file('trusted-now', 10) },
      inputs: { store: '', builders: machineLine(changed, UNTRUSTED) },
    });
    expect(ran.statuses, ran.log).toEqual({ it: 'built' });
  });
});
