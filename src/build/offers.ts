import type { Abilities } from '../domain/abilities.ts';
import type { NixSettings } from '../nix/settings.ts';
import type { Offer } from '../plan/route.ts';

/** What a store's URI says of a remote. */
export interface Named {
  readonly systems: readonly string[];
  readonly systemFeatures: readonly string[];
}

/** What the store's URI says of a remote, else what its settings say. */
export function abilitiesOf(uri: Named, settings: NixSettings | undefined): Abilities {
  const systems = uri.systems.length > 0 ? uri.systems : settingsSystems(settings);
  const features =
    uri.systemFeatures.length > 0 ? uri.systemFeatures : words(settings?.get('system-features'));
  return {
    systems: systems.length > 0 ? new Set(systems) : undefined,
    features: features.length > 0 ? new Set(features) : undefined,
  };
}

/** As {@link abilitiesOf}, for who chooses among several. Whoever names a remote's systems names all. */
export function offerOf(uri: Named, settings: NixSettings | undefined): Offer {
  const isSaid = uri.systems.length > 0 || settings?.get('builders')?.trim() === '';
  const jobs = Number(settings?.get('max-jobs'));
  return {
    machines: [abilitiesOf(uri, settings)],
    others: isSaid ? 'none' : 'possible',
    capacity: jobs > 0 ? jobs : 1,
  };
}

function settingsSystems(settings: NixSettings | undefined): readonly string[] {
  const own = words(settings?.get('system'));
  return own.length === 0 ? [] : [...own, ...words(settings?.get('extra-platforms'))];
}

function words(text: string | undefined): readonly string[] {
  return (text ?? '').split(/\s+/).filter((word) => word !== '');
}
