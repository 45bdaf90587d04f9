import { requiredSystemFeatures, type Derivation } from './derivation.ts';

/** What a machine builds; undefined is anything, as far as is known. */
export interface Abilities {
  readonly systems: ReadonlySet<string> | undefined;
  readonly features: ReadonlySet<string> | undefined;
}

/** What a derivation asks of the machine that builds it. */
export type Demand = Pick<Derivation, 'system' | 'env'>;

/** Whether a machine builds a derivation itself (Nix's `canBuildLocally`). */
export function isAble(derivation: Demand, { systems, features }: Abilities): boolean {
  const { system } = derivation;
  return (
    (systems === undefined || system === 'builtin' || systems.has(system)) &&
    (features === undefined ||
      requiredSystemFeatures(derivation).every((each) => features.has(each)))
  );
}
