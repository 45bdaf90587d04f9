import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  Link,
  recipes,
  startBuilder,
  startNixHost,
  SYSTEM,
  writeFlake,
  type Attributes,
  type Builder,
  type NixHost,
} from '../../lab/index.ts';
import { freePort } from '../helpers/sshd.ts';
import { annotations } from '../helpers/failed-step.ts';
import { gated, Gates, SHOW_GATES } from '../helpers/gates.ts';
import { LiveStep } from '../helpers/live-step.ts';
import { setUpOffload } from '../helpers/offload.ts';
import { lastName, runScenario, type Ran, type Scenario } from '../helpers/scenario.ts';

/** The second builder says that it is of this system; what it builds are shell scripts, so it really can. */
const OTHER = SYSTEM === 'x86_64-linux' ? 'aarch64-linux' : 'x86_64-linux';
const NOBODYS = 'riscv64-linux';

const uri = (port: number): string => `ssh-ng://ci@127.0.0.1:${port}`;

let runner: NixHost;
let builders: readonly [Builder, Builder];

beforeAll(async () => {
  const [own, other] = await Promise.all([
    startBuilder({ name: 'own', nixConf: [SHOW_GATES] }),
    startBuilder({
      name: 'other',
      nixConf: [SHOW_GATES, `system = ${OTHER}`, `extra-platforms = ${OTHER}`],
    }),
  ]);
  builders = [own, other];
  runner = await startNixHost({ name: 'runner', nix: 'user-owned' });
});

afterAll(async () => {
  await Promise.all([runner.stop(), ...builders.map((each) => each.stop())]);
});

/** A step with several stores, each reached at a port; default: both builders. */
function scenario(
  stores: readonly (readonly [builder: Builder, port: number])[],
  rest: Partial<Scenario>,
): Scenario {
  const [builder] = builders;
  return {
    ...{ builder, runner, ...rest },
    inputs: {
      store: stores.map(([, port]) => uri(port)).join('\n'),
      'ssh-key': stores.map(([{ key }]) => key.privateKey).join('\n'),
      'known-hosts': stores.map(([each, port]) => each.knownHosts(port)).join('\n'),
      'keep-going': 'true',
      ...rest.inputs,
    },
  };
}

const both = () => builders.map((builder) => [builder, builder.port] as const);

const remotesOf = ({ results }: Pick<Ran, 'results'>) =>
  Object.fromEntries(results.map(({ attribute, remote }) => [lastName(attribute), remote]));

describe('several stores', () => {
  it('each build what they can, at the same time, and all of it comes back', async () => {
    const [own, other] = builders;
    const gates = await Promise.all(builders.map((each) => Gates.make(each)));
    const live = await LiveStep.start(
      scenario(both(), {
        attributes: { here: gated('here') },
        flake: {
          outputs: `
            packages.${OTHER}.there = derivation ((${gated('there')}).drvAttrs // { system = "${OTHER}"; });
            packages.${NOBODYS}.nobodys = abort "evaluated for a system that nobody offers";`,
        },
        inputs: { 'copy-outputs': 'true' },
      }),
    );
    await gates[0]?.running(['here']);
    await gates[1]?.running(['there']);
    await gates[0]?.open('here');
    await gates[1]?.open('there');
    const ended = await live.ended();
    expect(ended.statuses, ended.log).toEqual({ here: 'built', there: 'built' });
    expect(remotesOf(ended)).toEqual({ here: uri(own.port), there: uri(other.port) });
    for (const { outputs, copied } of ended.results) {
      expect(copied).toBe(true);
      expect(await runner.validPaths(Object.values(outputs))).toEqual(
        new Set(Object.values(outputs)),
      );
    }
    expect(await live.post()).toMatchObject({ code: 0 });
  });

  it('of one system share the work, but not what needs the same', async () => {
    const [own] = builders;
    await using twin = await startBuilder({ name: 'twin' });
    const alone: Attributes = Object.fromEntries(
      ['a', 'b', 'c', 'd'].map((name) => [name, recipes.file(`alone-${name}`, 10)]),
    );
    const ran = await runScenario(
      scenario(
        [
          [own, own.port],
          [twin, twin.port],
        ],
        { attributes: alone },
      ),
    );
    expect(new Set(Object.values(ran.statuses)), ran.log).toEqual(new Set(['built']));
    const counts = Map.groupBy(Object.values(remotesOf(ran)), (remote) => remote);
    expect([...counts.values()].map((each) => each.length)).toEqual([2, 2]);

    const again = await runScenario(
      scenario(
        [
          [twin, twin.port],
          [own, own.port],
        ],
        { attributes: alone },
      ),
    );
    expect(new Set(Object.values(again.statuses)), again.log).toEqual(new Set(['cached']));
    expect(remotesOf(again)).toEqual(remotesOf(ran));
  });

  it('that nobody can build is told once, beside what there is, and the rest is built', async () => {
    const wanted = {
      big: recipes.demanding('big', ['quantum']),
      vast: recipes.demanding('vast', ['quantum']),
    };
    const ran = await runScenario(
      scenario(both(), { attributes: { ...wanted, small: recipes.file('small', 10) } }),
    );
    expect(ran.statuses, ran.log).toEqual({
      big: 'unsupported-system',
      vast: 'unsupported-system',
      small: 'built',
    });
    const errors = annotations(ran.log, 'error').filter((text) => text.startsWith('nobody builds'));
    expect(errors, ran.log).toEqual([
      expect.stringMatching(
        `^nobody builds for ${SYSTEM} with quantum: ssh-ng://\\S+ builds ${SYSTEM}.* with .*; ssh-ng://\\S+ builds ${OTHER}`,
      ),
    ]);
  });

  it('of which one is down go on without it, and say so', async () => {
    const [own, other] = builders;
    const dead = await freePort();
    const ran = await runScenario(
      scenario(
        [
          [other, dead],
          [own, own.port],
        ],
        {
          attributes: { alive: recipes.file('alive', 10) },
          flake: { outputs: `packages.${OTHER}.gone = ${recipes.foreign('gone', OTHER)};` },
          inputs: { installables: `path:.#alive\npath:.#packages.${OTHER}.gone` },
        },
      ),
    );
    expect(ran.statuses, ran.log).toEqual({ alive: 'built', gone: 'unsupported-system' });
    expect(annotations(ran.log, 'warning')).toEqual([
      `${uri(dead)} is left out: 127.0.0.1 refuses connections on port ${dead}: nothing listens there`,
    ]);
  });

  it('that are all down are all named', async () => {
    const [own, other] = builders;
    const [one, two] = [await freePort(), await freePort()];
    const ran = await runScenario(
      scenario(
        [
          [own, one],
          [other, two],
        ],
        { attributes: {} },
      ),
    );
    expect(ran.code).toBe(1);
    expect(annotations(ran.log, 'error')[0]).toMatch(
      new RegExp(`^none of 2 remotes can be reached: .*port ${one}.*; .*port ${two}`),
    );
  });
});

describe('set up for later steps, several stores', () => {
  it('each get what they can build, and one that is down is left out', async () => {
    const [own, other] = builders;
    const dead = await freePort();
    const later = await setUpOffload(
      scenario([...both(), [own, dead]], { inputs: { 'keep-going': '' } }),
    );
    await writeFlake(
      runner,
      later.workspace,
      { here: recipes.file('later-here', 10) },
      later.user,
      {
        outputs: `packages.${OTHER}.there = ${recipes.foreign('later-there', OTHER)};`,
      },
    );
    expect(annotations(later.main.log, 'warning')).toEqual([
      expect.stringContaining(`${uri(dead)} is left out`),
    ]);
    const wanted = [
      ['here', own],
      [`packages.${OTHER}.there`, other],
    ] as const;
    for (const [attribute, builder] of wanted) {
      const argv = ['nix', 'build', '--no-link', '--print-out-paths', `path:.#${attribute}`];
      const path = await later.output(argv);
      expect(await builder.validPaths([path])).toEqual(new Set([path]));
    }
    expect((await later.stop()).summary).toContain('2 built');
  });
});

describe('set up for later steps, a store that is lost', () => {
  it('is waited for, and then another takes its place', async () => {
    const [own] = builders;
    await using twin = await startBuilder({ name: 'twin' });
    await using link = await Link.start(own.port);
    const stores = [
      [own, link.port],
      [twin, twin.port],
    ] as const;
    const later = await setUpOffload(scenario(stores, { inputs: { 'keep-going': '' } }));
    const attributes = {
      before: recipes.file('lost-before', 10),
      after: recipes.file('lost-after', 10),
    };
    await writeFlake(runner, later.workspace, attributes, later.user);
    const build = (attribute: string): Promise<string> =>
      later.output(['nix', 'build', '--no-link', '--print-out-paths', `path:.#${attribute}`]);
    const before = await build('before');
    expect(await own.validPaths([before])).toEqual(new Set([before]));
    await link.stop();
    const after = await build('after');
    expect(await twin.validPaths([after])).toEqual(new Set([after]));
    expect((await later.stop()).summary).toContain('2 built');
  });
});

describe('a store that is lost as soon as all are connected', () => {
  it('is replaced by another', async () => {
    const [own] = builders;
    await using twin = await startBuilder({ name: 'twin' });
    await using link = await Link.start(own.port);
    const stores = [
      [own, link.port],
      [twin, twin.port],
    ] as const;
    const live = await LiveStep.start(
      scenario(stores, {
        attributes: { one: recipes.file('dealt-one', 10), two: recipes.file('dealt-two', 10) },
        inputs: { 'copy-outputs': 'true' },
      }),
    );
    await live.said(new RegExp(`^connected to .*:${link.port} `, 'm'));
    await live.said(new RegExp(`^connected to .*:${twin.port} `, 'm'));
    await link.stop();
    const ended = await live.ended(60_000);
    expect(ended.statuses, ended.log).toEqual({ one: 'built', two: 'built' });
    expect(ended.code, ended.log).toBe(0);
    expect(ended.results.map(({ copied }) => copied)).toEqual([true, true]);
    expect(await live.post()).toMatchObject({ code: 0 });
  });
});

describe('a store that is lost in mid-build', () => {
  let link: Link;

  afterEach(async () => {
    await link.stop();
  });

  async function start(
    stores: (port: number) => readonly (readonly [Builder, number])[],
    names: readonly string[],
  ) {
    const [own] = builders;
    link = await Link.start(own.port);
    const gates = await Gates.make(own);
    const attributes = Object.fromEntries(names.map((name) => [name, gated(name)]));
    const live = await LiveStep.start(
      scenario(stores(link.port), { attributes, inputs: { 'copy-outputs': 'true' } }),
    );
    await gates.running(names);
    return { live, gates };
  }

  it('goes on when it is back, and does not build again what was finished', async () => {
    const [own] = builders;
    const { live, gates } = await start((port) => [[own, port]], ['done', 'undone']);
    await gates.open('done');
    await live.said(/^::group::\[\d+\/\d+\] built done on /m);
    await link.cut();
    await gates.open('undone');
    const ended = await live.ended();
    expect(ended.statuses, ended.log).toEqual({ done: 'built', undone: 'built' });
    expect(ended.code).toBe(0);
    expect(await gates.starts('done')).toBe(1);
    expect(ended.log).toMatch(/connected to .* again/);
    expect(ended.results.map(({ copied }) => copied)).toEqual([true, true]);
    expect(await live.post()).toMatchObject({ code: 0 });
  });

  it('is replaced by another, if it does not come back', async () => {
    const [own] = builders;
    await using twin = await startBuilder({ name: 'twin', nixConf: [SHOW_GATES] });
    const elsewhere = await Gates.make(twin);
    await elsewhere.open('moved');
    const { live } = await start(
      (port) => [
        [own, port],
        [twin, twin.port],
      ],
      ['moved'],
    );
    await link.stop();
    const ended = await live.ended(60_000);
    expect(ended.statuses, ended.log).toEqual({ moved: 'built' });
    expect(remotesOf(ended)).toEqual({ moved: uri(twin.port) });
    expect(await live.post()).toMatchObject({ code: 0 });
  });
});
