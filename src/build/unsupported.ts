import type { Abilities, Demand } from '../domain/abilities.ts';
import { requiredSystemFeatures } from '../domain/derivation.ts';
import { ActionError } from '../domain/errors.ts';
import type { Offer } from '../plan/route.ts';

/** Somebody who was asked to build. */
export interface Asked {
  /** For people. */
  readonly label: string;
  readonly offer: Offer;
}

/** Says what a derivation asks for beside what there is. The same text for all that ask for the same. */
export function unsupportedError(demand: Demand, asked: readonly Asked[]): ActionError {
  const wanted = withFeatures(demand.system, requiredSystemFeatures(demand));
  const offered = asked.flatMap(({ label, offer }) =>
    offer.machines.map((machine) => `${label} builds ${offerText(machine)}`),
  );
  return new ActionError(
    'unsupported-system',
    `nobody builds for ${wanted}: ${offered.join('; ')}`,
    {
      hint:
        `Add a machine for ${demand.system} to store or builders, or, if one of these can run such programs, set extra-platforms and system-features ` +
        'in its nix.conf.',
    },
  );
}

function offerText({ systems, features }: Abilities): string {
  const names = systems === undefined ? 'what it does not tell' : [...systems].join(', ');
  return features === undefined ? names : withFeatures(names, [...features]);
}

function withFeatures(systems: string, features: readonly string[]): string {
  return features.length === 0 ? systems : `${systems} with ${features.join(', ')}`;
}
