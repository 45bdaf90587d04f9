import type { System } from '../domain/system.ts';
import { autoArguments } from './auto-arguments.ts';
import { type NixVersion, isAtLeast } from './version.ts';
import type { AutoArguments } from './walk-program.ts';
import type { WalkRoot } from './walk.ts';

/** Where attributes come from, if not from a flake. */
export type EvaluationSource =
  | { readonly kind: 'flake' }
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'expr'; readonly expr: string };

const NO_ARGUMENTS: AutoArguments = new Map();

/** The root of a file or expression; `.` is what Nix calls the whole of it. */
export function sourceRoot(
  source: Exclude<EvaluationSource, { kind: 'flake' }>,
  evalArgs: readonly string[],
  currentSystem: readonly string[],
): WalkRoot {
  const given = { autoCall: true, autoArguments: autoArguments(evalArgs), requirePure: false };
  const what = source.kind === 'file' ? ['--file', source.file] : ['--expr', source.expr];
  return { ...given, args: [...currentSystem, ...what, '.'] };
}

/** The arguments that make `builtins.currentSystem`, where there is one, this system. */
export function currentSystemArguments(
  system: System,
  version: NixVersion,
  machine: System | undefined,
): readonly string[] {
  if (version.vendor !== 'lix' && isAtLeast(version, 2, 20)) {
    return ['--option', 'eval-system', system];
  }
  return system === machine || machine === undefined ? [] : pretendSystem(system, machine);
}

/** Another `system`; what is built in order to evaluate is still built here. */
function pretendSystem(system: string, machine: string): readonly string[] {
  return ['--option', 'system', system, '--option', 'extra-extra-platforms', machine];
}

/**
 * All outputs of a flake. From 2.19 on, a fragment that begins with a dot is an attribute path from the root, and a dot
 * alone the root. Before (and on Lix, which left Nix at 2.18), Nix looks in `packages.SYSTEM` first, whatever the
 * fragment: so the path is empty (`""`, encoded) and the system one that no flake has. Only where nothing can see it:
 * `builtins.currentSystem` does not exist in pure evaluation.
 */
export function flakeRoot(
  flakeRef: string,
  version: NixVersion,
  currentSystem: readonly string[],
  machine: System | undefined,
): WalkRoot {
  const given = { autoCall: false, autoArguments: NO_ARGUMENTS };
  if (version.vendor !== 'lix' && isAtLeast(version, 2, 19)) {
    return { ...given, args: [...currentSystem, `${flakeRef}#.`], requirePure: false };
  }
  const pretend = pretendSystem('none-none', machine ?? '');
  return { ...given, args: [...pretend, `${flakeRef}#%22%22`], requirePure: true };
}

/** One attribute as Nix itself looks it up: for impure evaluation where {@link flakeRoot} has to pretend. */
export function flakeAttribute(
  flakeRef: string,
  fragment: string,
  currentSystem: readonly string[],
): WalkRoot {
  const args = [...currentSystem, `${flakeRef}#${encodeURIComponent(fragment)}`];
  return { args, autoCall: false, autoArguments: NO_ARGUMENTS, requirePure: false };
}
