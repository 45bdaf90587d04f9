import { machineName, type Machine } from '../domain/machine.ts';
import type { NixSettings } from '../nix/settings.ts';
import type { Link, RemoteEvidence, RemoteId } from '../plan/evidence.ts';
import { milliseconds } from '../plan/units.ts';
import type { Store } from '../store/store.ts';
import type { Deadline } from './evidence-deadline.ts';
import {
  machineAbilities,
  slotsOf,
  substitutionOf,
  takesOutputs,
  type LocalStanding,
} from './evidence-sides.ts';
import type { MachineTrust } from './machine-trust.ts';

/** A remote that is there. */
export interface RemoteSide {
  readonly machine: Machine;
  /**
   * A session that nothing else needs soon, as soon as it is open: what it has not answered in time it goes on answering, so close it
   * afterwards. Undefined for a remote of the old protocol, which is not asked.
   */
  readonly session: Promise<Store> | undefined;
  /** What its daemon thinks of us: `trustOf` that session. Undefined where it is not asked. */
  readonly trust: Promise<MachineTrust> | undefined;
  readonly settings: Promise<NixSettings | undefined>;
  /** Milliseconds, if the connection has measured it. */
  readonly roundTripMs: number | undefined;
}

/** By what evidence and history know a remote. */
export function remoteIdOf(machine: Machine): RemoteId {
  return machineName(machine) as RemoteId;
}

/** What is known of a remote, but for what it has. */
export async function remoteFacts(
  { machine, trust, settings: told, roundTripMs }: RemoteSide,
  asked: Promise<LocalStanding>,
  deadline: Deadline,
): Promise<Omit<RemoteEvidence, 'contents'>> {
  const id = remoteIdOf(machine);
  const [standing, settings, found] = await Promise.all([
    asked,
    deadline.defined(told),
    trust ? deadline.known(trust) : ('unknown' as const),
  ]);
  const ownSlots = slotsOf(settings);
  return {
    id,
    protocol: machine.protocol === 'ssh' ? 'serve' : 'worker',
    ...machineAbilities(machine, settings),
    slots: ownSlots === 'unknown' ? machine.maxJobs : ownSlots,
    speedFactor: machine.speedFactor,
    link: linkOf(roundTripMs),
    trust: found === 'unknown' ? found : found.trust,
    tellsTrust: found === 'unknown' ? found : found.isTold,
    substitution: substitutionOf(settings),
    outputsAccepted: takesOutputs(standing, { id, settings }),
  };
}

/** How fast the line is shows only in traffic, of which there has been none. */
function linkOf(roundTripMs: number | undefined): Link {
  const measured = roundTripMs === undefined ? 'unknown' : milliseconds(roundTripMs);
  return { roundTripMs: measured, up: 'unknown', down: 'unknown' };
}
