import { expect, test } from 'vitest';
import { runnerSystem } from '../../src/action/place.ts';

test('a machine without Nix is refused by its name', () => {
  expect(() => runnerSystem('x64', 'win32')).toThrow('Nix does not run on Windows (x64)');
  expect(() => runnerSystem('x64', 'freebsd')).toThrow('Nix does not run on freebsd (x64)');
  expect(runnerSystem('arm64', 'darwin')).toBe('aarch64-darwin');
});
