import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type NixHost, startNixHost, writeFlake } from '../../lab/index.ts';
import { TESTED_SUITES } from '../helpers/suites.ts';
import type { SeenAttribute } from '../helpers/evaluate-main.ts';
import { drvPathsOf, evaluateOn, SYSTEM } from '../helpers/evaluation.ts';

const GOOD = 'sh "good" "echo > $out"';

/** Each fails in its own way; only `throw` and `assert` are caught by tryEval. */
const FAILING = {
  'b-abort': 'abort "given up"',
  'b-assert': 'assert false; 1',
  'b-attribute': '{ }.nothing',
  'b-deep': 'let f = n: 1 + f (n + 1); in f 0',
  'b-file': 'import ./nowhere.nix',
  'b-ifd': 'import (sh "ifd" "exit 1")',
  'b-loop': 'let x = x; in x',
  'b-missing-output': 'sh "no-output" "exit 1" // { outputs = [ "out" ]; drvPath = { }.lost; }',
  'b-throw': 'throw "no such luck\\nand more"',
  'b-type': '1 + "a"',
};

/** Where processes are counted, none is started because the machine is slow. */
const COUNTED = { nix: '/home/ci/bin/nix', resources: { cores: 1, memory: 2 ** 40 } } as const;

const MESSAGES: Readonly<Record<string, RegExp>> = {
  'b-abort': /evaluation aborted with the following error message: 'given up'/,
  'b-assert': /assertion 'false' failed|assertion failed/,
  'b-attribute': /attribute 'nothing' missing/,
  'b-deep': /stack overflow/,
  'b-file': /nowhere\.nix/,
  'b-ifd': /ifd\.drv/,
  'b-loop': /infinite recursion encountered/,
  'b-missing-output': /attribute 'lost' missing/,
  'b-throw': /no such luck/,
  'b-type': /cannot add a string to an integer/,
};

describe.each(TESTED_SUITES)(
  'what does not evaluate is reported and the rest goes on, Debian %s:',
  (suite) => {
    let host: NixHost;
    const cwd = '/home/ci/flake';

    beforeAll(async () => {
      host = await startNixHost({ suite, name: 'runner' });
      await writeFlake(host, cwd, { a: GOOD, ...FAILING, c: GOOD, 'd-text': '"text"' }, 'ci');
      const counting = '#!/bin/sh\necho run >> /home/ci/runs\nexec /usr/bin/nix "$@"\n';
      await host.write('/home/ci', { 'bin/nix': counting }, 'ci');
    });

    afterAll(async () => {
      await host.stop();
    });

    /** Evaluates, and counts the processes it took beside `nix --version`. */
    const counted = async (installables: readonly string[]) => {
      await host.write('/home/ci', { runs: '' }, 'ci');
      const answer = await evaluateOn(host, installables, COUNTED, { cwd });
      return { ...answer, runs: (await host.read('/home/ci/runs')).split('run').length - 2 };
    };

    it('each failure of a set, with its message and place', async () => {
      const { attributes } = await evaluateOn(host, ['path:.#checks'], {}, { cwd });
      expect(attributes.map(({ attribute }) => attribute)).toEqual(
        ['a', ...Object.keys(FAILING), 'c'].map((name) => `checks.${SYSTEM}.${name}`),
      );
      for (const [name, message] of Object.entries(MESSAGES)) {
        const found = attributes.find(({ attribute }) => attribute.endsWith(name));
        expect(found).toMatchObject({ kind: 'failed', code: 'evaluation-failed' });
        expect(found?.message).toMatch(message);
        expect(found?.position, name).toMatch(/\/flake\.nix:\d+:\d+$/);
        expect(found?.message).not.toContain('\n');
        expect(`${found?.message} ${found?.nixMessage}`).not.toContain('\u001b');
      }
    });

    it('nothing of our own program in the trace', async () => {
      const { attributes } = await evaluateOn(host, ['path:.#b-attribute'], {}, { cwd });
      const [failed] = attributes;
      expect(failed?.frames?.join('\n')).not.toMatch(/foldl'|tryEval|describe|anonymous/);
    });

    it('one process for any number of attributes, one more for each failure', async () => {
      const all = ['a', 'c', 'a'].map((name) => `path:.#${name}`);
      expect((await counted(all)).runs).toBe(1);
      // tryEval catches this one: the process that is done tells its message
      expect((await counted(['path:.#a', 'path:.#b-throw', 'path:.#c'])).runs).toBe(1);
      expect((await counted(['path:.#a', 'path:.#b-abort', 'path:.#c'])).runs).toBe(2);
      const uncaught = ['abort', 'attribute', 'loop', 'type'].map((name) => `path:.#b-${name}`);
      const mixed = await counted(['path:.#a', ...uncaught, 'path:.#b-throw', 'path:.#c']);
      expect(mixed.runs).toBe(1 + uncaught.length);
      expect(mixed.attributes.filter(({ kind }) => kind === 'derivation')).toHaveLength(2);
    });

    it('many that throw: no more than twenty are evaluated again for their messages', async () => {
      const names = Array.from({ length: 25 }, (_, index) => `t${index + 10}`);
      const throwing = Object.fromEntries(names.map((name) => [name, `throw "I am ${name}"`]));
      await writeFlake(host, '/home/ci/throwing', throwing, 'ci');
      await host.write('/home/ci', { runs: '' }, 'ci');
      const { attributes } = await evaluateOn(host, ['path:.#checks'], COUNTED, {
        cwd: '/home/ci/throwing',
      });
      expect(attributes).toHaveLength(25);
      const told = (each: SeenAttribute) => each.message?.includes('I am') === true;
      expect(attributes.filter(told)).toHaveLength(21);
      expect(attributes.filter((each) => !told(each)).every(({ hint }) => hint)).toBe(true);
      expect((await host.read('/home/ci/runs')).split('run').length - 2).toBe(21);
    });

    it('running out of memory', async () => {
      const huge = { a: GOOD, huge: 'builtins.genList (n: n) 4000000000000', z: GOOD };
      await writeFlake(host, '/home/ci/huge', huge, 'ci');
      const limited = '#!/bin/sh\nexec prlimit --as=3000000000 /usr/bin/nix "$@"\n';
      await host.write('/home/ci', { 'bin/limited-nix': limited }, 'ci');
      const job = { nix: '/home/ci/bin/limited-nix' };
      const { attributes } = await evaluateOn(host, ['path:.#checks'], job, {
        cwd: '/home/ci/huge',
      });
      expect(attributes.map(({ kind }) => kind)).toEqual(['derivation', 'failed', 'derivation']);
      expect(attributes[1]?.message).toContain('huge: out of memory, at /');
    });

    it('an installable that does not exist, with what was tried and meant', async () => {
      const { attributes } = await evaluateOn(host, ['path:.#b-abrt', 'path:.#a'], {}, { cwd });
      expect(attributes[0]).toMatchObject({ kind: 'failed', code: 'installable-unknown' });
      expect(attributes[0]?.message).toBe(
        `flake 'path:.' does not provide attribute 'packages.${SYSTEM}.b-abrt', 'legacyPackages.${SYSTEM}.b-abrt' or 'b-abrt'`,
      );
      expect(attributes[0]?.hint).toBe('Did you mean b-abort?');
      expect(attributes[1]?.kind).toBe('derivation');
    });

    it('what is neither derivation nor set, and an output that does not exist', async () => {
      const { attributes } = await evaluateOn(
        host,
        ['path:.#d-text', 'path:.#a^out,doc'],
        {},
        { cwd },
      );
      expect(attributes.map(({ message }) => message)).toEqual([
        `cannot evaluate packages.${SYSTEM}.d-text: it is a string, not a derivation`,
        `cannot evaluate packages.${SYSTEM}.a: the derivation has no output 'doc', only out`,
      ]);
    });

    it('a flake that cannot be read fails alone', async () => {
      await host.write('/home/ci/broken', { 'flake.nix': '{ outputs = _: { a = ; }; }' }, 'ci');
      const installables = ['path:/home/ci/broken#a', 'path:.#a', 'path:/home/ci/nowhere#a'];
      const { attributes } = await evaluateOn(host, installables, {}, { cwd });
      expect(attributes.map(({ kind }) => kind)).toEqual(['failed', 'derivation', 'failed']);
      expect(attributes[0]?.message).toMatch(
        /^cannot evaluate path:\/home\/ci\/broken#a: syntax error/,
      );
      expect(attributes[0]?.position).toMatch(/flake\.nix:1:22$/);
      expect(attributes[2]?.message).toContain('/home/ci/nowhere');
    });

    it('attribute paths of a file, in the words of Nix', async () => {
      const source = { kind: 'expr', expr: '{ a.hello = 1; t = "x"; }' } as const;
      const { attributes } = await evaluateOn(host, ['a.helo', 't.x', 'a.hello'], { source });
      expect(attributes.map(({ code }) => code)).toEqual([
        'installable-unknown',
        'installable-unknown',
        'evaluation-failed',
      ]);
      expect(attributes[0]?.message).toBe(`attribute 'helo' in selection path 'a.helo' not found`);
      expect(attributes[0]?.hint).toBe('Did you mean hello?');
      expect(attributes[1]?.message).toBe(
        `the expression selected by the selection path 't.x' should be a set but is a string`,
      );
    });

    it('untracked files as stock Nix treats them: they do not exist', async () => {
      await writeFlake(host, '/home/ci/untracked', { a: 'import ./new.nix' }, 'ci');
      const git = async (...args: readonly string[]) =>
        await host.output(['git', ...args], { user: 'ci', cwd: '/home/ci/untracked' });
      await git('init', '--quiet');
      await git('add', '.');
      await host.write('/home/ci/untracked', { 'new.nix': '1' }, 'ci');
      const { attributes } = await evaluateOn(host, ['.#a'], {}, { cwd: '/home/ci/untracked' });
      expect(attributes[0]).toMatchObject({ kind: 'failed', code: 'evaluation-failed' });
      expect(attributes[0]?.message).toContain('new.nix');
      expect(attributes[0]?.hint).toContain('git add it');
    });

    it('no variable of the step but what is allowed reaches an impure evaluation', async () => {
      const names = [
        'INPUT_SSH-KEY',
        'ACTIONS_RUNTIME_TOKEN',
        'GITHUB_TOKEN',
        'NIX_PATH_TOKEN',
        'GITHUB_SHA',
      ];
      const env = Object.fromEntries(names.map((name) => [name, 'seen']));
      const seen = names.map((name) => `builtins.getEnv "${name}"`).join(' + "," + ');
      const expr = `{ a = throw ("[" + ${seen} + "]"); }`;
      const job = { source: { kind: 'expr', expr }, evalArgs: ['--impure'] } as const;
      const { attributes } = await evaluateOn(host, ['a'], job, { env });
      expect(attributes[0]?.nixMessage).toBe('[,,,,seen]');
    });

    it('a cancelled evaluation ends at once, and with it the build it waits for', async () => {
      await writeFlake(host, '/home/ci/slow', { a: 'import (sh "slow" "sleep 60; exit 1")' }, 'ci');
      const begun = Date.now();
      const cwd = '/home/ci/slow';
      const { thrown } = await evaluateOn(host, ['path:.#a'], { cancelAfter: 2000 }, { cwd });
      expect(thrown).toBe('cancelled');
      expect(Date.now() - begun).toBeLessThan(8000);
      await expect.poll(() => host.builds(), { timeout: 10_000 }).toEqual([]);
      const running = (await host.processes()).filter(
        ({ uid, argv }) => uid !== 0 && argv[0] === 'nix',
      );
      expect(running).toEqual([]);
    });

    it('no Nix, or another program', async () => {
      const missing = await evaluateOn(host, ['.#a'], { nix: '/nowhere/nix' });
      expect(missing.thrown).toBe('nix-missing');
      const { thrown, log } = await evaluateOn(host, ['.#a'], { nix: '/bin/echo' });
      expect(thrown).toBe('nix-missing');
      expect(log[0]).toMatch(/^\/bin\/echo --version printed no version of Nix: /);
    });

    it('import from derivation builds, and what Nix says meanwhile is heard', async () => {
      const attributes = {
        ok: 'sh (import (sh "word" "echo \\"\\\\\\"from-ifd\\\\\\"\\" > $out; echo building-a-word >&2")) "echo > $out"',
      };
      await writeFlake(host, '/home/ci/ifd', attributes, 'ci');
      const answer = await evaluateOn(host, ['path:.#ok'], {}, { cwd: '/home/ci/ifd' });
      expect(drvPathsOf(answer)[0]).toMatch(/-from-ifd\.drv$/);
      expect(answer.log.join('\n')).toContain('building-a-word');
    });
  },
);
