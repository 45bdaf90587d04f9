import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type NixHost, startNixHost, writeFlake } from '../../lab/index.ts';
import type { Answer, Job } from '../helpers/evaluate-main.ts';
import { evaluateOn, SYSTEM } from '../helpers/evaluation.ts';
import { TESTED_SUITES } from '../helpers/suites.ts';

const MIB = 2 ** 20;
const PLENTY = 64 * 1024 * MIB;
const ALONE = { resources: { cores: 1, memory: PLENTY } } as const;
/** Another process wherever there is anything left to do. */
const SEVERAL = { resources: { cores: 3, memory: PLENTY }, gain: -1000 } as const;

/** What takes some milliseconds on a fast machine, so that many of them take long enough for another process to be started meanwhile. */
const busy = (name: string, steps = 100_000): string =>
  `sh "busy-\${toString (builtins.foldl' (a: b: a + b) 0 (builtins.genList (x: x) ${steps}))}" "echo ${name} > $out"`;

const FAILING = ['abort "given up"', 'throw "no such luck"', '{ }.nothing', '1 + "a"'];

/** Attributes as a generator of pseudo-random numbers has it: busy, failing, text, and sets of these. */
function randomSet(seed: number, size: number, steps?: number, depth = 0): Record<string, string> {
  let state = seed;
  const below = (limit: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * limit);
  };
  const entries = Array.from({ length: size }, (_, index): readonly [string, string] => {
    const name = `${'abcXYZ_é'[below(8)] ?? ''}${below(1000)}-${index}`;
    const kind = below(12);
    if (kind === 0) return [name, FAILING[below(FAILING.length)] ?? ''];
    if (kind === 1) return [name, '"text"'];
    if (kind === 2 && depth < 2) {
      const below = randomSet(state, 4, steps, depth + 1);
      const texts = Object.entries(below).map(([each, text]) => `"${each}" = ${text};`);
      return [name, `{ recurseForDerivations = true; ${texts.join(' ')} }`];
    }
    return [name, busy(name, steps)];
  });
  return Object.fromEntries(entries);
}

/** Grows by lists that are all kept, some ten megabytes each. */
const eater = (lists: number): string =>
  `sh "eater-\${toString (let lists = builtins.genList (x: builtins.genList (y: x + y) 1000000) ${lists}; in builtins.deepSeq lists (builtins.length lists))}" "echo > $out"`;

describe.each(TESTED_SUITES)('evaluation in several processes, Debian %s:', (suite) => {
  let host: NixHost;

  beforeAll(async () => {
    host = await startNixHost({ suite, name: 'runner' });
    const counting = '#!/bin/sh\necho run >> /home/ci/runs\nexec /usr/bin/nix "$@"\n';
    await host.write('/home/ci', { 'bin/nix': counting }, 'ci');
  });

  beforeEach(() => host.write('/home/ci', { runs: '' }, 'ci'));

  afterAll(async () => {
    expect(await evaluators(host)).toEqual([]);
    await host.stop();
  });

  const evaluateIn = (cwd: string, job: Partial<Job>, installables = ['path:.#checks']) =>
    evaluateOn(host, installables, { nix: '/home/ci/bin/nix', ...job }, { cwd });

  /** Processes since the test began, without those that told the version. */
  const runs = async (evaluations: number) =>
    (await host.read('/home/ci/runs')).split('run').length - 1 - evaluations;

  it.each([1, 2])('finds what one process finds, in the same order (%i)', async (seed) => {
    const cwd = `/home/ci/random-${seed}`;
    await writeFlake(host, cwd, randomSet(seed, 40), 'ci');
    const installables = ['path:.#checks', `path:.#packages.${SYSTEM}`, 'path:.#nothing'];
    const one = await evaluateIn(cwd, ALONE, installables);
    const runsOfOne = await runs(1);
    const several = await evaluateIn(cwd, SEVERAL, installables);
    expect(several.attributes).toEqual(one.attributes);
    expect((await runs(2)) - runsOfOne).toBeGreaterThan(runsOfOne);
    expect(one.attributes.some(({ kind }) => kind === 'failed')).toBe(true);
    expect([...several.told].sort()).toEqual(derivationsOf(one).sort());
  });

  it('takes one process where little is to be gained', async () => {
    const cwd = '/home/ci/little';
    const names = Array.from({ length: 300 }, (_, index) => `n${index}`);
    const attributes = names.map((name) => [name, `sh "${name}" "echo > $out"`]);
    await writeFlake(host, cwd, Object.fromEntries(attributes) as Record<string, string>, 'ci');
    const { told } = await evaluateIn(cwd, {
      resources: { cores: 8, memory: PLENTY },
      gain: 60,
    });
    expect(told).toHaveLength(300);
    expect(await runs(1)).toBe(1);
  });

  it('a process that is killed costs no attribute', async () => {
    const cwd = '/home/ci/killed';
    await writeFlake(host, cwd, randomSet(7, 40, 200_000), 'ci');
    const one = await evaluateIn(cwd, ALONE);
    const evaluating = evaluateIn(cwd, SEVERAL);
    const killed = await killOne(host, evaluating);
    expect(killed).toBe('killed');
    expect((await evaluating).attributes).toEqual(one.attributes);
  });

  it('an attribute that takes more memory than there seems to be is evaluated all the same', async () => {
    const cwd = '/home/ci/eater';
    await writeFlake(host, cwd, { a: busy('a'), m: eater(6), z: busy('z') }, 'ci');
    const answer = await evaluateIn(cwd, { resources: { cores: 2, memory: 50 * MIB } });
    expect(answer.attributes.map(({ kind }) => kind)).toEqual(Array(3).fill('derivation'));
  });

  it('an attribute that takes more memory than can be had fails alone', async () => {
    const cwd = '/home/ci/eater';
    const limited = '#!/bin/sh\nulimit -v 700000\nexec /home/ci/bin/nix "$@"\n';
    await host.write('/home/ci', { 'bin/limited-nix': limited }, 'ci');
    await writeFlake(host, cwd, { a: busy('a'), m: eater(20), z: busy('z') }, 'ci');
    const answer = await evaluateIn(cwd, { ...ALONE, nix: '/home/ci/bin/limited-nix' });
    expect(answer.attributes.map(({ kind }) => kind)).toEqual([
      'derivation',
      'failed',
      'derivation',
    ]);
    expect(answer.attributes[1]).toMatchObject({ code: 'evaluation-failed' });
    expect(answer.attributes[1]?.message).toMatch(/checks\.\S+\.m: out of memory, at \//);
    expect(answer.attributes[1]?.hint).toContain('Use a runner with more memory');
    // the first, one that goes on after it, and one that tries it again
    expect(await runs(1)).toBe(3);
  });

  it('one process alone evaluates where the lock file is written, for later ones would see another source', async () => {
    const cwd = '/home/ci/unlocked';
    const input = { 'flake.nix': '{ outputs = _: { text = "from the input"; }; }' };
    await host.write('/home/ci/input', input, 'ci');
    const names = Array.from({ length: 30 }, (_, index) => `n${index}`);
    await writeFlake(
      host,
      cwd,
      Object.fromEntries(names.map((name) => [name, busy(name, 200_000)])),
      'ci',
    );
    const flake = (await host.read(`${cwd}/flake.nix`))
      .replace('{\n', '{\n  inputs.other.url = "path:/home/ci/input";\n')
      .replace('{ self }', '{ self, other }');
    await host.write(cwd, { 'flake.nix': flake }, 'ci');
    const first = await evaluateIn(cwd, SEVERAL);
    expect(await runs(1)).toBe(1);
    const lock = await host.read(`${cwd}/flake.lock`);
    const second = await evaluateIn(cwd, SEVERAL);
    expect(await runs(2)).toBeGreaterThan(2);
    expect(await host.read(`${cwd}/flake.lock`)).toBe(lock);
    expect(second.attributes).toHaveLength(first.attributes.length);
  });

  it('import from derivation goes on', async () => {
    const cwd = '/home/ci/importing';
    const names = Array.from({ length: 6 }, (_, index) => `i${index}`);
    const attributes = names.map((name) => [
      name,
      `sh (import (sh "word-${name}" "echo '\\"said-${name}\\"' > $out; sleep 0.5")) "echo > $out"`,
    ]);
    await writeFlake(host, cwd, Object.fromEntries(attributes) as Record<string, string>, 'ci');
    const { attributes: found } = await evaluateIn(cwd, SEVERAL);
    expect(found.map(({ drvPath }) => drvPath?.replace(/^.*?-/, ''))).toEqual(
      names.map((name) => `said-${name}.drv`),
    );
    expect(await runs(1)).toBeGreaterThan(1);
  });

  it('all processes end with a cancelled evaluation', async () => {
    const cwd = '/home/ci/cancelled';
    const names = Array.from({ length: 8 }, (_, index) => `i${index}`);
    const attributes = names.map((name) => [name, `import (sh "${name}" "sleep 60")`]);
    await writeFlake(host, cwd, Object.fromEntries(attributes) as Record<string, string>, 'ci');
    const { thrown } = await evaluateIn(cwd, { ...SEVERAL, cancelAfter: 6000 });
    expect(thrown).toBe('cancelled');
    expect(await runs(1)).toBeGreaterThan(1);
    expect(await evaluators(host)).toEqual([]);
    await expect.poll(() => host.builds(), { timeout: 10_000 }).toEqual([]);
  });
});

function derivationsOf({ attributes }: Answer): string[] {
  return attributes.flatMap(({ kind, attribute }) => (kind === 'derivation' ? [attribute] : []));
}

/** Processes of `nix eval` by `ci`. */
async function evaluators(host: NixHost): Promise<readonly number[]> {
  const all = await host.processes();
  return all.flatMap(({ pid, argv }) =>
    argv[0] === '/usr/bin/nix' && argv[1] === 'eval' ? [pid] : [],
  );
}

/** Kills the oldest of several evaluating processes, which is in the middle of it, as soon as there are several. */
async function killOne(host: NixHost, evaluating: Promise<Answer>): Promise<'killed' | 'missed'> {
  const over = new AbortController();
  const end = (): void => over.abort();
  void evaluating.then(end, end);
  while (!over.signal.aborted) {
    const [first, second] = await evaluators(host);
    if (first === undefined || second === undefined) continue;
    const { code } = await host.run(['kill', '-KILL', `${Math.min(first, second)}`]);
    if (code === 0) return 'killed';
  }
  return 'missed';
}
