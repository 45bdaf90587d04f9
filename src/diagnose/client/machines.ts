import type { ClientCause } from '../cause.ts';

const COMMON = { source: 'client', chapter: 'Inputs', code: 'machines-invalid' } as const;

/** What is wrong with the input `builders`. */
export const MACHINE_CAUSES: readonly ClientCause[] = [
  {
    ...COMMON,
    id: 'second-machine',
    message: 'is a second machine',
    example: 'builders: line 1: ssh-ng://b is a second machine',
    why: 'Between machines there is a `;` or a newline. With a blank, Nix takes the second for the systems of the first.',
    remedy: 'Write each machine on a line of its own.',
    shown: '__tests__/domain/builders.test.ts',
  },
  {
    ...COMMON,
    id: 'no-builder',
    message: 'is no machine that builds for others',
    example: 'builders: https://cache.example.org is no machine that builds for others',
    why: 'A builder is reached by `ssh-ng://` or `ssh://`. Stores such as `https://…` or `local` build nothing for others.',
    remedy: 'Name the machine behind it.',
    shown: '__tests__/domain/builders.test.ts',
  },
  {
    ...COMMON,
    id: 'unknown-field',
    message: 'there is no field …',
    example: 'builders: there is no field maxJob',
    why: 'The names are those of NixOS `nix.buildMachines`, and `port`.',
    remedy: 'The message shows what is similar.',
    shown: '__tests__/domain/machines-yaml.test.ts',
  },
  {
    ...COMMON,
    id: 'nix-expression',
    message: 'this is an expression in the Nix language',
    example: 'builders: this is an expression in the Nix language',
    why: 'The input takes lines of the machines format, or YAML.',
    remedy:
      'Paste what `nix eval --json .#nixosConfigurations.NAME.config.nix.buildMachines` prints.',
    shown: '__tests__/domain/builders.test.ts',
  },
  {
    ...COMMON,
    id: 'named-twice',
    message: 'has other settings than …',
    example: 'builders: ci@b has other settings than the same machine before',
    why: 'One machine is named twice, with different fields.',
    remedy: 'Name it once, with all of its systems and features.',
    shown: '__tests__/scenarios/builders-inputs.test.ts',
  },
];
