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
): WalkRoot {
  const given = { autoCall: true, autoArguments: autoArguments(evalArgs), requirePure: false };
  return source.kind === 'file'
    ? { ...given, label: source.file, args: ['--file', source.file, '.'] }
    : { ...given, label: 'the expression', args: ['--expr', source.expr, '.'] };
}

/**
 * All outputs of a flake. From 2.19 on, a fragment that begins with a dot is an attribute path from the root, and a dot
 * alone the root. Before (and on Lix, which left Nix at 2.18), Nix looks in `packages.SYSTEM` first, whatever the
 * fragment: so the path is empty (`""`) and the system one that no flake has. Only where nothing can see it:
 * `builtins.currentSystem` does not exist in pure evaluation.
 */
export function flakeRoot(flakeRef: string, version: NixVersion, system: string): WalkRoot {
  const given = { label: flakeRef, autoCall: false, autoArguments: NO_ARGUMENTS };
  if (version.vendor !== 'lix' && isAtLeast(version, 2, 19)) {
    return { ...given, args: [`${flakeRef}#.`], requirePure: false };
  }
  // extra-platforms: import-from-derivation still builds here
  const pretend = ['--option', 'system', 'none-none', '--option', 'extra-extra-platforms', system];
  return { ...given, args: [...pretend, `${flakeRef}#""`], requirePure: true };
}

/** One attribute as Nix itself looks it up: for impure evaluation where {@link flakeRoot} has to pretend. */
export function flakeAttribute(flakeRef: string, fragment: string): WalkRoot {
  const given = { autoCall: false, autoArguments: NO_ARGUMENTS, requirePure: false };
  const label = `${flakeRef}#${fragment}`;
  return { ...given, label, args: [`${flakeRef}#${encodeURIComponent(fragment)}`] };
}
