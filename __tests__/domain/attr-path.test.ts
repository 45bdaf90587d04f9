import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAttrPath, printAttrPath } from '../../src/domain/attr-path.ts';

describe('parseAttrPath', () => {
  it.each([
    ['', []],
    ['a', ['a']],
    ['a.b', ['a', 'b']],
    ['a.', ['a']],
    ['a..b', ['a', '', 'b']],
    ['"a.b".c', ['a.b', 'c']],
    ['a"b.c"d', ['ab.cd']],
    ['""', []],
    ['packages.x86_64-linux."foo bar"', ['packages', 'x86_64-linux', 'foo bar']],
  ])('%j is %j, as Nix reads it', (text, path) => {
    expect(parseAttrPath(text)).toEqual(path);
  });

  it('refuses a quote that is not closed', () => {
    expect(() => parseAttrPath('a."b')).toThrow(
      'the attribute path "a.\\"b" lacks a closing quote',
    );
  });
});

describe('printAttrPath', () => {
  it('quotes what needs it', () => {
    expect(printAttrPath(['checks', 'x86_64-linux', '7zip', 'a.b', 'gtk+', 'é', ''])).toBe(
      'checks.x86_64-linux.7zip."a.b".gtk+."é".""',
    );
  });

  it('prints what parseAttrPath reads back', () => {
    const name = fc
      .string({ minLength: 1, unit: 'grapheme' })
      .filter((text) => !text.includes('"'));
    fc.assert(
      fc.property(fc.array(name), (path) => {
        expect(parseAttrPath(printAttrPath(path))).toEqual(path);
      }),
    );
  });
});
