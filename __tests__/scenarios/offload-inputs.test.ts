import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recipes, startLab, type Attributes, type Lab, type NixHost } from '../../lab/index.ts';
import { CA_FEATURES } from '../helpers/content-addressed.ts';
import { setUpOffload, type Offload } from '../helpers/offload.ts';
import { outputPath, runScenario } from '../helpers/scenario.ts';

/** For a few derivations, a reply with its log, and one small output: SSH's own bytes included. */
const LITTLE = 100_000;

const INPUTS = ['input0', 'input1', 'input2'] as const;

/** Three build inputs, of so many megabytes together. */
const inputs = (megabytes: number): Attributes =>
  Object.fromEntries(
    INPUTS.map((name) => {
      const bytes = (megabytes / INPUTS.length) * 1_000_000;
      return [
        name,
        recipes.script(name, `echo making ${name}; yes ${name} | head -c ${bytes} > $out`),
      ];
    }),
  );

/** As a shell reads them, one after the other. */
const ALL_INPUTS = INPUTS.map((name) => `\${${name}}`).join(' ');

const LIST = "echo '[ 1 2 3 ]' > $out";

async function hashOf(host: NixHost, path: string): Promise<string> {
  const query = ['nix-store', '--store', 'local', '--query', '--hash', path];
  return await host.output(query, { user: host.owner });
}

describe('through the socket', () => {
  let lab: Lab;
  let offload: Offload;

  beforeAll(async () => {
    lab = await startLab({
      builder: { nixConf: [CA_FEATURES] },
      runner: { nix: 'daemon', nixConf: [CA_FEATURES] },
    });
    const { builder, runner, link } = lab;
    offload = await setUpOffload({ builder, runner, port: link.port, login: 'ci' });
  });

  afterAll(async () => {
    await offload[Symbol.asyncDispose]();
    await lab.stop();
  });

  /** Bytes over the link, both ways, while something is done. */
  async function bytesOver(act: () => Promise<unknown>): Promise<number> {
    const before = await lab.link.counters();
    await act();
    const after = await lab.link.counters();
    return after.up - before.up + after.down - before.down;
  }

  it('none of 300 MB of build inputs reaches the runner, and logs of all builds do', async () => {
    const { builder, runner } = lab;
    await offload.writeFlake({
      ...inputs(300),
      // Takes the shell to the builder, which is two megabytes.
      shell: recipes.file('shell', 10),
      sum: recipes.script('sum', `echo summing; cat ${ALL_INPUTS} | sha256sum > $out`),
    });
    await offload.output(['nix', 'build', '--no-link', 'path:.#shell']);
    const build = ['nix', 'build', '--out-link', 'sum', 'path:.#sum'];
    expect(await bytesOver(() => offload.output(build))).toBeLessThan(LITTLE);

    const [sum = '', ...made] = await offload.outPaths(['sum', ...INPUTS]);
    expect(await builder.validPaths([sum, ...made])).toEqual(new Set([sum, ...made]));
    expect(await runner.validPaths([sum, ...made])).toEqual(new Set([sum]));
    expect(await offload.target('sum')).toBe(sum);
    expect(await hashOf(runner, sum)).toBe(await hashOf(builder, sum));

    expect(await offload.output(['nix', 'log', 'path:.#sum'])).toBe('summing');
    expect(await offload.output(['nix', 'log', 'path:.#input1'])).toBe('making input1');
  });

  it('an evaluation by plain Nix imports from a derivation that has them, and none reaches the runner', async () => {
    const { builder, runner } = lab;
    await offload.writeFlake({
      ...inputs(300),
      source: recipes.script('source', `cat ${ALL_INPUTS} | tail -c 7; ${LIST}`),
      imported: recipes.script('imported', 'echo ${toString (import source)} > $out'),
    });
    const evaluate = ['nix', 'eval', '--raw', 'path:.#imported.drvPath'];
    expect(await bytesOver(() => offload.output(evaluate))).toBeLessThan(LITTLE);
    await offload.output(['nix', 'build', '--out-link', 'imported', 'path:.#imported']);
    expect(await offload.output(['cat', 'imported'])).toBe('1 2 3');

    const [source = '', ...made] = await offload.outPaths(['source', ...INPUTS]);
    expect(await runner.validPaths([source, ...made])).toEqual(new Set([source]));
    expect(await builder.validPaths(made)).toEqual(new Set(made));
  });

  it('content-addressed derivations are built, known by their installables, and not asked for again', async () => {
    const { builder, runner, link } = lab;
    await offload.writeFlake({
      base: recipes.contentAddressed('base'),
      top: recipes.contentAddressed('top', 'cat ${base} > $out; echo ${base} >> $out'),
      plain: recipes.script('plain', 'cat ${top} > $out'),
    });
    const build = ['nix', 'build', '--out-link', 'top', 'path:.#top'];
    await offload.output(build);
    const top = await offload.target('top');
    expect(await runner.read(top)).toBe(await builder.read(top));
    expect(await offload.output(['nix', 'path-info', 'path:.#top'])).toBe(top);

    await link.stall();
    await offload.output(build);
    await link.resume();
    expect(await offload.target('top')).toBe(top);

    await offload.output(['nix', 'build', '--out-link', 'plain', 'path:.#plain']);
    expect(await offload.output(['cat', 'plain'])).toBe(await offload.output(['cat', 'top']));
  });
});

describe.each([
  ['daemon', 300],
  ['user-owned', 3],
] as const)(
  'in the step’s own evaluation on a runner whose Nix is %s, an import from a derivation with %d MB of inputs',
  (nix, megabytes) => {
    it('takes none of them to the runner', async () => {
      // No build of the runner's own could begin.
      await using lab = await startLab({ runner: { nix, maxJobs: 0 } });
      const { builder, runner, link } = lab;
      const ran = await runScenario({
        builder,
        runner,
        port: link.port,
        login: 'ci',
        user: nix === 'daemon' ? 'trusted' : 'owner',
        attributes: {
          ...inputs(megabytes),
          source: recipes.script('source', `cat ${ALL_INPUTS} | tail -c 7; ${LIST}`),
          imported: recipes.script('imported', 'echo ${toString (import source)} ${input0} > $out'),
        },
        inputs: { installables: 'path:.#imported' },
      });
      expect(ran.statuses, ran.log).toEqual({ imported: 'built' });
      const built = outputPath(ran, 'imported');
      const [, numbers, input = ''] = /^(.*) (\S+)\n$/.exec(await builder.read(built)) ?? [];
      expect(numbers).toBe('1 2 3');
      expect(await builder.validPaths([input])).toEqual(new Set([input]));
      expect(await runner.validPaths([input, built])).toEqual(new Set());
      // The shell goes up, and little else.
      const { up, down } = await link.counters();
      expect(up).toBeLessThan(3_000_000);
      expect(down).toBeLessThan(LITTLE);
    });
  },
);
