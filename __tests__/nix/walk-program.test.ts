import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type NixHost, startNixHost } from '../../lab/index.ts';
import { TESTED_SUITES } from '../helpers/suites.ts';
import { autoArguments } from '../../src/nix/auto-arguments.ts';
import { nixString } from '../../src/nix/walk-program.ts';
import { itemsFrom } from '../../src/nix/walk-task.ts';

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

describe('itemsFrom', () => {
  const items = [0, 1, 2].map((id) => ({ id, base: [], candidates: [['x']] }));
  const whole = items.map((item) => ({ ...item, from: [] }));

  it.each([
    ['the lookup', null],
    ['the whole value', []],
  ])('begins with an item where that is %s of it', (_, path) => {
    expect(itemsFrom(items, { id: 1, path })).toEqual(whole.slice(1));
  });

  it('begins within an item', () => {
    expect(itemsFrom(items, { id: 1, path: ['a', 'b'] })).toEqual([
      { id: 1, base: [], candidates: [['x']], from: ['a', 'b'] },
      whole[2],
    ]);
  });
});
