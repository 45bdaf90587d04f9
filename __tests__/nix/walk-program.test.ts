import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type NixHost, startNixHost } from '../../lab/index.ts';
import { TESTED_SUITES } from '../helpers/suites.ts';
import { autoArguments } from '../../src/nix/auto-arguments.ts';
import { remaining } from '../../src/nix/walk-all.ts';
import { nixString } from '../../src/nix/walk-program.ts';

describe.each(TESTED_SUITES)('nixString, Debian %s', (suite) => {
  let host: NixHost;

  beforeAll(async () => {
    host = await startNixHost({ suite, name: 'runner' });
  });

  afterAll(async () => {
    await host.stop();
  });

  it('is read by Nix as the text it was made of', async () => {
    const unit = fc.constantFrom(
      '$',
      '{',
      '}',
      '"',
      '\\',
      '\n',
      '\r',
      '\t',
      "'",
      'n',
      'é',
      '𝄞',
      ' ',
    );
    const random = fc.sample(fc.string({ unit, maxLength: 12 }), 300);
    const texts = ['${x}', '$${x}', '\\${x}', '$', "''", '\\n', '\r\n', ...random];
    const expr = `[ ${texts.map(nixString).join(' ')} ]`;
    const printed = await host.output(['nix', 'eval', '--json', '--expr', expr]);
    expect(JSON.parse(printed)).toEqual(texts);
  });
});

describe('autoArguments', () => {
  it('finds --arg and --argstr among other arguments', () => {
    const args = ['--impure', '--arg', 'a', '{ x = 1; }', '-I', 'n=/x', '--argstr', 'b', 'c "d"'];
    expect([...autoArguments(args)]).toEqual([
      ['a', '{ x = 1; }'],
      ['b', '"c \\"d\\""'],
    ]);
  });

  it('refuses what lacks a value or cannot be supported', () => {
    expect(() => autoArguments(['--arg', 'a'])).toThrow(
      'eval-args: --arg needs a name and a value',
    );
    expect(() => autoArguments(['--arg-from-stdin', 'a'])).toThrow(
      '--arg-from-stdin is not supported',
    );
  });
});

describe('remaining', () => {
  const items = [0, 1, 2].map((id) => ({ id, base: [], candidates: [['x']], after: [] }));

  it.each([
    ['the lookup', null],
    ['the whole value', []],
  ])('goes on with the next item if %s of one failed', (_, path) => {
    expect(remaining(items, { id: 1, path }).map(({ id }) => id)).toEqual([2]);
  });

  it('goes on within an item after one of its attributes', () => {
    expect(remaining(items, { id: 1, path: ['a', 'b'] })).toEqual([
      { id: 1, base: [], candidates: [['x']], after: ['a', 'b'] },
      items[2],
    ]);
  });

  it('ends for sure: what it returns is always less', () => {
    expect(remaining(items, { id: 7, path: null })).toEqual([]);
  });
});
