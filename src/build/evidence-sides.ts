import type { Machine } from '../domain/machine.ts';
import { asActionError } from '../domain/errors.ts';
import type { NixSettings } from '../nix/settings.ts';
import type { Feasibility, MachineAbilities, RemoteId, Substitution } from '../plan/evidence.ts';
import type { Known } from '../plan/units.ts';
import { importPermission } from './import-permission.ts';
import { abilitiesOf, offerOf } from './offers.ts';

/** What a machine builds: as its entry says, else as its own settings do. */
export function machineAbilities(machine: Machine, settings: Known<NixSettings>): MachineAbilities {
  const { systems, supportedFeatures, mandatoryFeatures } = machine;
  const said = { systems, systemFeatures: [...supportedFeatures, ...mandatoryFeatures] };
  const found = settings === 'unknown' ? undefined : settings;
  return {
    ...abilitiesOf(said, found),
    mandatoryFeatures: new Set(mandatoryFeatures),
    others: offerOf(said, found).others,
  };
}

/** Builds at a time: what its own settings say, which is what counts in a remote store. */
export function slotsOf(settings: Known<NixSettings>): Known<number> {
  const text = settings === 'unknown' ? undefined : settings.get('max-jobs');
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : 'unknown';
}

/** Whose signatures a store takes from its substituters, if it has any. */
export function substitutionOf(settings: Known<NixSettings>): Known<Substitution> {
  if (settings === 'unknown') return 'unknown';
  const isOff =
    settings.get('substitute') === 'false' || words(settings, 'substituters').length === 0;
  const keys = isOff ? [] : words(settings, 'trusted-public-keys');
  return { keyNames: new Set(keys.map((key) => key.split(':', 1)[0] ?? '')) };
}

/** The runner's Nix, as far as it decides what is possible. */
export interface LocalStanding {
  /** Whether who serves the local store does what this user says (local-trust.ts). */
  readonly isTrusted: Known<boolean>;
  readonly settings: Known<NixSettings>;
  /** Whom the step runs as. */
  readonly user: string;
  /** Whether a daemon for this job alone can be started, by root or a `sudo` that asks nothing. */
  readonly canStartDaemon: Known<boolean>;
}

/** Whether the local store can have builders. */
export function buildersFeasibility(standing: LocalStanding): Feasibility {
  const { isTrusted, canStartDaemon, user } = standing;
  if (isTrusted === true || canStartDaemon === true) return { kind: 'possible' };
  if (isTrusted === 'unknown' || canStartDaemon === 'unknown') return { kind: 'unknown' };
  const why = `the local Nix daemon does not trust user '${user}', and sudo starts no private one`;
  return { kind: 'impossible', why };
}

/** Whether the local store takes what a remote has built. */
export function takesOutputs(
  standing: LocalStanding,
  remote: { readonly id: RemoteId; readonly settings: Known<NixSettings> },
): Known<boolean> {
  if (standing.isTrusted !== false) return standing.isTrusted;
  const defined = (settings: Known<NixSettings>) => (settings === 'unknown' ? undefined : settings);
  try {
    importPermission({
      localTrust: 'untrusted',
      localSettings: defined(standing.settings),
      localUser: standing.user,
      remoteSettings: defined(remote.settings),
      remoteLabel: remote.id,
      reason: 'copy-outputs',
    });
    return remote.settings === 'unknown' ? 'unknown' : true;
  } catch (error) {
    if (asActionError(error).code === 'signature-required') return false;
    throw error;
  }
}

function words(settings: NixSettings, name: string): readonly string[] {
  return (settings.get(name) ?? '').split(/\s+/).filter((word) => word !== '');
}
