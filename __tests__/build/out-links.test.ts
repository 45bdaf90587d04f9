import { expect, test } from 'vitest';
import { nameOutLinks, type LinkedAttribute } from '../../src/build/out-links.ts';
import { parseStorePath } from '../../src/domain/store-path.ts';

const OUT = parseStorePath(`/nix/store/${'a'.repeat(32)}-x`);
const DEV = parseStorePath(`/nix/store/${'b'.repeat(32)}-x-dev`);

function single(position: number): LinkedAttribute {
  return {
    position,
    memberName: undefined,
    attribute: 'packages.x86_64-linux.x',
    outputs: new Map([
      ['out', OUT],
      ['dev', DEV],
    ]),
  };
}

function member(memberName: string, attribute: string): LinkedAttribute {
  return { position: 0, memberName, attribute, outputs: new Map([['out', OUT]]) };
}

function names(...attributes: LinkedAttribute[]): string[] {
  return nameOutLinks('result', attributes).map(({ name }) => name);
}

test('names links as nix build does, by position and output', () => {
  expect(names(single(0), single(1))).toEqual(['result', 'result-dev', 'result-1', 'result-1-dev']);
});

test('names members of a set after themselves', () => {
  expect(names(member('fmt', 'checks.x86_64-linux.fmt'))).toEqual(['result-fmt']);
});

test('falls back to the attribute path where two members share a name', () => {
  expect(
    names(member('fmt', 'checks.x86_64-linux.fmt'), member('fmt', 'packages.x86_64-linux.fmt')),
  ).toEqual(['result-checks.x86_64-linux.fmt', 'result-packages.x86_64-linux.fmt']);
});

test('falls back to it also where only the file names are the same', () => {
  expect(names(member('x y', 'checks."x y"'), member('x_y', 'packages.x_y'))).toEqual([
    'result-checks._x_y_',
    'result-packages.x_y',
  ]);
});

test('keeps names that are no file names out of the file system', () => {
  expect(names(member('../../x y', 'checks."../../x y"'))).toEqual(['result-.._.._x_y']);
});
