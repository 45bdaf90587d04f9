import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flakeCandidates, parseInstallable } from '../../src/domain/installable.ts';

const HASH = '0c2cnhhx4fxr3nnmwfp6ajwrxsdxc5li';

describe('parseInstallable of a flake', () => {
  it.each([
    ['.', '.', '', undefined],
    ['  .#a ', '.', 'a', undefined],
    ['.#a.b^dev,out', '.', 'a.b', ['dev', 'out']],
    ['.#a^out,dev,out', '.', 'a', ['dev', 'out']],
    ['.#a^*', '.', 'a', 'all'],
    ['.^*', '.', '', 'all'],
    ['nixpkgs#hello', 'nixpkgs', 'hello', undefined],
    ['github:o/r/main?dir=x#"a.b".c', 'github:o/r/main?dir=x', '"a.b".c', undefined],
    ['.#a%20b', '.', 'a b', undefined],
    [`/nix/store/${HASH}-source#a`, `/nix/store/${HASH}-source`, 'a', undefined],
    ['/nix/store/short', '/nix/store/short', '', undefined],
  ])('%j', (text, flakeRef, fragment, outputs) => {
    const expected = { kind: 'flake', text: text.trim(), flakeRef, fragment, outputs };
    expect(parseInstallable(text, 'flake')).toEqual(expected);
  });

  it.each([
    [`/nix/store/${HASH}-hello`, `${HASH}-hello`, undefined],
    [`/nix/store/${HASH}-hello/bin/hello`, `${HASH}-hello`, undefined],
    [`/nix/store/${HASH}-hello.drv`, `${HASH}-hello.drv`, undefined],
    [`/nix/store/${HASH}-hello.drv^out`, `${HASH}-hello.drv`, ['out']],
    [`/nix/store/${HASH}-hello.drv^*`, `${HASH}-hello.drv`, 'all'],
  ])('%j is a store path', (text, base, outputs) => {
    const expected = { kind: 'store-path', text, path: `/nix/store/${base}`, outputs };
    expect(parseInstallable(text, 'flake')).toEqual(expected);
  });

  it.each([
    ['.#a^', 'installable ".#a^": "" after ^ is not a list of outputs'],
    ['.#a^out,', 'installable ".#a^out,": "out," after ^ is not a list of outputs'],
    [
      '.#a%zz',
      'installable ".#a%zz": the % in its attribute path does not begin a code such as %20',
    ],
    ['.#"a', 'the attribute path "\\"a" lacks a closing quote'],
  ])('refuses %j', (text, message) => {
    expect(() => parseInstallable(text, 'flake')).toThrow(message);
  });

  it('splits any text without losing a part', () => {
    const part = fc.stringMatching(/^[a-z./:?=+-]{1,12}$/);
    fc.assert(
      fc.property(
        part,
        part,
        fc.uniqueArray(fc.stringMatching(/^[a-z]{1,5}$/)),
        (ref, attr, names) => {
          const outputs = names.length === 0 ? '' : `^${names.join(',')}`;
          const parsed = parseInstallable(`${ref}#${attr}${outputs}`, 'flake');
          expect(parsed).toMatchObject({ kind: 'flake', flakeRef: ref, fragment: attr });
          expect(parsed.outputs).toEqual(names.length === 0 ? undefined : [...names].sort());
        },
      ),
    );
  });
});

describe('parseInstallable of an attribute path', () => {
  it.each([
    ['a.b^out', ['a', 'b'], ['out']],
    ['.', [], undefined],
    ['', [], undefined],
    ['list.0', ['list', '0'], undefined],
    [`/nix/store/${HASH}-hello`, [`/nix/store/${HASH}-hello`], undefined],
  ])('%j', (text, attrPath, outputs) => {
    expect(parseInstallable(text, 'attributes')).toEqual({
      kind: 'attribute',
      text,
      attrPath,
      outputs,
    });
  });
});

describe('flakeCandidates', () => {
  it.each([
    [
      '',
      [
        ['packages', 's-s', 'default'],
        ['defaultPackage', 's-s'],
      ],
    ],
    ['a', [['packages', 's-s', 'a'], ['legacyPackages', 's-s', 'a'], ['a']]],
    ['.a.b', [['a', 'b']]],
    ['.', [[]]],
  ])('of %j are those of nix build', (fragment, candidates) => {
    expect(flakeCandidates(fragment, 's-s')).toEqual(candidates);
  });
});
