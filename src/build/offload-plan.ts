import { requiredSystemFeatures, type Derivation } from '../domain/derivation.ts';
import type { DerivedPath } from '../domain/derived-path.ts';
import type { DrvPath, StorePath } from '../domain/store-path.ts';
import type { NixSettings } from '../nix/settings.ts';
import { closureOfSome, type DerivationClosure } from '../store/derivation-closure.ts';

/** A derivation of which outputs are wanted. */
export type BuiltPath = DerivedPath & { readonly kind: 'built' };

/** Who builds which part of a request. */
export interface OffloadPlan {
  readonly remote: readonly BuiltPath[];
  readonly local: readonly DerivedPath[];
}

/** What a machine builds: undefined is anything. */
export interface Abilities {
  readonly systems: ReadonlySet<string> | undefined;
  readonly features: ReadonlySet<string> | undefined;
}

/** What the store's URI says of a remote, else what its settings say. */
export function abilitiesOf(
  uri: { readonly systems: readonly string[]; readonly systemFeatures: readonly string[] },
  settings: NixSettings | undefined,
): Abilities {
  const systems = uri.systems.length > 0 ? uri.systems : settingsSystems(settings);
  const features =
    uri.systemFeatures.length > 0 ? uri.systemFeatures : words(settings?.get('system-features'));
  return {
    systems: systems.length > 0 ? new Set(systems) : undefined,
    features: features.length > 0 ? new Set(features) : undefined,
  };
}

/**
 * Splits a request: what the remote is able to build goes there, whole, with all that it needs; the rest stays here.
 * @param missing all derivations that have to be built, as QueryMissing says it; what is not among them is there or can be substituted
 */
export function planOffload(
  paths: readonly DerivedPath[],
  missing: ReadonlySet<StorePath>,
  closure: DerivationClosure,
  abilities: Abilities,
): OffloadPlan {
  const remote: BuiltPath[] = [];
  const local: DerivedPath[] = [];
  const unable = new Set(
    [...closure]
      .filter(([path, derivation]) => missing.has(path) && !isAble(derivation, abilities))
      .map(([path]) => path),
  );
  for (const path of paths) {
    const isBuilt = path.kind === 'built' && missing.has(path.drvPath);
    if (isBuilt && !reaches(path.drvPath, unable, closure)) remote.push(path);
    else local.push(path);
  }
  return { remote, local };
}

function isAble(derivation: Derivation, { systems, features }: Abilities): boolean {
  const { system } = derivation;
  return (
    (systems === undefined || system === 'builtin' || systems.has(system)) &&
    (features === undefined ||
      requiredSystemFeatures(derivation).every((each) => features.has(each)))
  );
}

function reaches(
  root: DrvPath,
  targets: ReadonlySet<DrvPath>,
  closure: DerivationClosure,
): boolean {
  if (targets.size === 0) return false;
  const needed = closureOfSome([root], closure);
  return [...targets].some((path) => needed.has(path));
}

function settingsSystems(settings: NixSettings | undefined): readonly string[] {
  const own = words(settings?.get('system'));
  return own.length === 0 ? [] : [...own, ...words(settings?.get('extra-platforms'))];
}

function words(text: string | undefined): readonly string[] {
  return (text ?? '').split(/\s+/).filter((word) => word !== '');
}
