import { describe, expect, it } from 'vitest';
import { isAtLeast, parseNixVersion } from '../../src/nix/version.ts';

describe('parseNixVersion', () => {
  it.each([
    [
      'nix (Nix) 2.34.8\n',
      { vendor: 'nix', text: '2.34.8', line: 'nix (Nix) 2.34.8', major: 2, minor: 34 },
    ],
    [
      'nix (Nix) 2.8.0',
      { vendor: 'nix', text: '2.8.0', line: 'nix (Nix) 2.8.0', major: 2, minor: 8 },
    ],
    [
      'nix (Nix) 2.25.0pre20240910_ab',
      {
        vendor: 'nix',
        text: '2.25.0pre20240910_ab',
        line: 'nix (Nix) 2.25.0pre20240910_ab',
        major: 2,
        minor: 25,
      },
    ],
    [
      'nix (Lix, like Nix) 2.93.0',
      { vendor: 'lix', text: '2.93.0', line: 'nix (Lix, like Nix) 2.93.0', major: 2, minor: 93 },
    ],
    [
      'nix (Determinate Nix 3.8.5) 2.30.2',
      {
        vendor: 'determinate',
        text: '2.30.2',
        line: 'nix (Determinate Nix 3.8.5) 2.30.2',
        major: 2,
        minor: 30,
      },
    ],
    [
      'warning: something\nnix (Nix) 2.34.8',
      { vendor: 'nix', text: '2.34.8', line: 'nix (Nix) 2.34.8', major: 2, minor: 34 },
    ],
  ])('%j', (printed, version) => {
    expect(parseNixVersion(printed)).toEqual(version);
  });

  it.each(['', 'true (GNU coreutils) 9.1', 'nix 2.34.8'])('%j is no Nix', (printed) => {
    expect(parseNixVersion(printed)).toBeUndefined();
  });
});

describe('isAtLeast', () => {
  it.each([
    [2, 19, true],
    [2, 34, true],
    [2, 35, false],
    [1, 99, true],
    [3, 0, false],
  ])('2.34 is at least %i.%i: %s', (major, minor, expected) => {
    expect(
      isAtLeast({ vendor: 'nix', text: '', line: '', major: 2, minor: 34 }, major, minor),
    ).toBe(expected);
  });
});
