import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diagnose, idsIn } from '../../src/diagnose/diagnose.ts';
import { TEXT_CAUSES } from '../../src/diagnose/texts/index.ts';

const EXAMPLES = TEXT_CAUSES.flatMap(({ id, weight, examples }) =>
  examples.map((example) => ({ id, weight, example })),
);

const REAL = EXAMPLES.filter(({ weight }) => weight === 'cause');
const SYMPTOMS = EXAMPLES.filter(({ weight }) => weight === 'symptom');
const ECHOES = EXAMPLES.filter(({ weight }) => weight === 'echo');

/** Causes that others follow from, and those that do. */
const FOLLOWED = new Set(TEXT_CAUSES.flatMap(({ follows = [] }) => follows));
const FOLLOWING = new Set(TEXT_CAUSES.filter(({ follows }) => follows).map(({ id }) => id));

test.each(EXAMPLES)('$id is all that $example means', ({ id, example }) => {
  expect(idsIn(example)).toEqual([id]);
});

test.each(EXAMPLES)('$id is known in colours, and among other lines', ({ id, weight, example }) => {
  const coloured = `a line\n\u001b[31;1m${example}\u001b[0m\nanother`.replace(
    /'(\/nix[^']*)'/g,
    "'\u001b[35;1m$1\u001b[0m'",
  );
  expect(diagnose(coloured)?.id).toBe(weight === 'echo' ? undefined : id);
});

test('what a text says by its pattern is in the remedy', () => {
  const found = diagnose("user 'ci' is not allowed to connect to the Nix daemon", {
    machine: 'builder',
  });
  expect(found?.why).toMatch(/^`allowed-users` in nix\.conf on builder leaves ci out\./);
  expect(found?.remedy).toMatch(/^Add ci to the line `allowed-users` of/);
});

test('no diagnosis shows a brace that nobody filled in, or a control character', () => {
  for (const { example } of EXAMPLES) {
    const { why = '', remedy = '', line = '' } = diagnose(example) ?? {};
    expect(why + remedy).not.toMatch(/\{[a-z]+\}/i);
    for (const text of [why, remedy, line]) {
      // eslint-disable-next-line no-control-regex
      expect(text).not.toMatch(/[\u0000-\u001f]/);
    }
  }
});

describe('of several', () => {
  const pick = (list: typeof EXAMPLES) => fc.constantFrom(...list);

  test('the earliest cause is blamed, whatever symptoms and echoes surround it', () => {
    const harmless = SYMPTOMS.filter(({ id }) => !FOLLOWED.has(id));
    const noise = fc.array(pick([...harmless, ...ECHOES]), { maxLength: 3 });
    fc.assert(
      fc.property(noise, pick(REAL), noise, fc.array(pick(REAL), { maxLength: 2 }), (...parts) => {
        const [before, cause, between, later] = parts;
        const lines = [...before, cause, ...between, ...later].map(({ example }) => example);
        expect(diagnose(lines.join('\n'))?.id).toBe(cause.id);
      }),
    );
  });

  test('what follows from a machine that was left out is an echo of that', () => {
    const leftOut = "cannot build on 'ssh-ng://ci@builder': error: ";
    const after = EXAMPLES.filter(({ id }) => FOLLOWING.has(id)).map(({ example }) => example);
    expect(after.length).toBeGreaterThan(8);
    for (const example of after) {
      expect(diagnose(`${leftOut}what nobody knows\n${example}`)?.id).toBe('machine-not-reached');
      const why = 'ci@builder: Permission denied (publickey).';
      expect(
        diagnose(`${why}\n${leftOut}failed to start SSH connection to 'builder'\n${example}`)?.id,
      ).toBe('ssh-denied');
    }
  });

  test('a symptom is blamed where there is no cause, an echo never', () => {
    const echoes = fc.array(pick(ECHOES), { maxLength: 3 });
    fc.assert(
      fc.property(echoes, pick(SYMPTOMS), echoes, (before, symptom, after) => {
        const texts = (list: typeof EXAMPLES) => list.map(({ example }) => example);
        const lines = [...texts(before), symptom.example, ...texts(after)];
        expect(diagnose(lines.join('\n'))?.id).toBe(symptom.id);
        expect(diagnose([...texts(before), ...texts(after)].join('\n'))).toBeUndefined();
      }),
    );
  });
});

describe('noise means nothing', () => {
  test('random text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (text) => {
        expect(idsIn(text)).toEqual([]);
      }),
    );
  });

  test('single words of the messages in any order', () => {
    const words = [...new Set(EXAMPLES.flatMap(({ example }) => example.split(/[\s':;,.()]+/)))];
    const word = fc.constantFrom(...words.filter((each) => /^[a-z]{1,9}$/.test(each)));
    const lines = fc.array(fc.array(word, { maxLength: 6 }), { maxLength: 5 });
    fc.assert(
      fc.property(lines, (each) => {
        const text = each.map((some) => some.join(', ')).join('\n');
        expect(idsIn(text)).toEqual([]);
      }),
    );
  });

  test.each([
    'gcc -O2 -c connection.c',
    'test result: ok. 12 passed; 0 failed',
    'cc1: all warnings being treated as errors',
    'mkdir: cannot create directory: Permission denied',
    'curl: (7) Failed to connect to localhost port 80',
    "copying path '/nix/store/x' to 'ssh-ng://builder'",
    "building '/nix/store/x.drv' on 'ssh-ng://builder'",
  ])('%s', (text) => {
    expect(diagnose(text)).toBeUndefined();
  });

  test('a megabyte of it takes no noticeable time', () => {
    const long = `${"error: path '".repeat(100_000)}${'a'.repeat(1 << 20)}`;
    const start = performance.now();
    expect(diagnose(long)).toBeUndefined();
    expect(performance.now() - start).toBeLessThan(5000);
  });
});
