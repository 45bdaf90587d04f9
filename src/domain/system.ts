import { ActionError } from './errors.ts';

/** A Nix system such as `x86_64-linux`, checked. */
export type System = string & { readonly __brand: 'System' };

// Words of letters, digits and underscores, `cpu-kernel` or `x86_64-v3-linux`: Nix itself compares systems as texts and knows no list.
const SYSTEM = /^[A-Za-z0-9_]+(?:-[A-Za-z0-9_]+)+$/;

/**
 * An attribute name that can only be a system, as a POSIX extended regular expression (builtins.match reads it too).
 * Narrow on purpose: `foo-bar` must stay an ordinary name.
 */
export const SYSTEM_NAME_PATTERN =
  '(x86_64|i[3-6]86|aarch64|arm|armv[5-8][a-z]*|riscv(32|64)|powerpc(64)?(le)?|mips(64)?(el)?|s390x?|loongarch64|m68k|microblaze(el)?|sparc64|wasm(32|64))' +
  '-(linux|darwin|freebsd|openbsd|netbsd|cygwin|windows|solaris|genode|redox|wasi|none)';

/**
 * Parses a system.
 * @throws ActionError `input-invalid` for a text that is not `cpu-kernel`.
 */
export function parseSystem(text: string): System {
  if (!isSystem(text)) {
    throw new ActionError('input-invalid', `${JSON.stringify(text)} is not a Nix system`, {
      hint: 'A system is a processor and a kernel, such as x86_64-linux or aarch64-darwin.',
    });
  }
  return text;
}

export function isSystem(text: string): text is System {
  return SYSTEM.test(text);
}

const CPUS: Readonly<Record<string, string>> = {
  x64: 'x86_64',
  ia32: 'i686',
  arm64: 'aarch64',
  arm: 'armv7l',
  riscv64: 'riscv64',
  ppc64: 'powerpc64le',
  s390x: 's390x',
  loong64: 'loongarch64',
};

/**
 * The system of a machine by Node's `process.arch` and `process.platform`; `undefined` where Nix does not run.
 */
export function systemOfMachine(arch: string, platform: string): System | undefined {
  const cpu = CPUS[arch];
  const text = cpu === undefined ? '' : `${cpu}-${platform}`;
  return (platform === 'linux' || platform === 'darwin') && isSystem(text) ? text : undefined;
}
