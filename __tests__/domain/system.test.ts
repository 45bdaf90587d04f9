import { describe, expect, it } from 'vitest';
import {
  isSystem,
  parseSystem,
  SYSTEM_NAME_PATTERN,
  systemOfMachine,
} from '../../src/domain/system.ts';

describe('systems', () => {
  it.each(['x86_64-linux', 'aarch64-darwin', 'armv7l-linux', 'x86_64-v3-linux'])(
    '%s is one',
    (text) => {
      expect(isSystem(text)).toBe(true);
    },
  );

  it.each(['builtin', 'x86_64-', '-linux', 'x86_64--linux', 'x86_64 linux', ''])(
    '%j is none',
    (text) => {
      expect(isSystem(text)).toBe(false);
    },
  );

  it('refuses anything else with an example', () => {
    expect(() => parseSystem('linux')).toThrow('"linux" is not a Nix system');
  });

  it.each([
    ['x64', 'linux', 'x86_64-linux'],
    ['arm64', 'linux', 'aarch64-linux'],
    ['arm64', 'darwin', 'aarch64-darwin'],
    ['x64', 'win32', undefined],
    ['mips', 'linux', undefined],
  ])('Node on %s %s is %s', (arch, platform, system) => {
    expect(systemOfMachine(arch, platform)).toBe(system);
  });

  it.each([
    ['x86_64-linux', true],
    ['i686-linux', true],
    ['armv7l-linux', true],
    ['armv7a-darwin', true],
    ['aarch64-darwin', true],
    ['powerpc64le-linux', true],
    ['mipsel-linux', true],
    ['riscv64-linux', true],
    ['foo-bar', false],
    ['x86_64-linux-test', false],
    ['test-linux', false],
  ])('an attribute named %s can only be a system: %s', (name, expected) => {
    expect(new RegExp(`^(?:${SYSTEM_NAME_PATTERN})$`).test(name)).toBe(expected);
  });
});
