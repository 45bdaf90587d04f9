import { machineOfStore } from '../domain/machine.ts';
import type { RemoteId } from '../plan/evidence.ts';
import { Builders } from './builders.ts';
import { remoteIdOf } from './evidence-remote.ts';
import { Remote } from './remote.ts';
import type { Connected, Traffic } from './site.ts';

/** The runner's line to one remote. */
export interface Line {
  readonly id: RemoteId;
  readonly traffic: Traffic;
  /** Milliseconds; undefined as long as it has not been measured. */
  readonly roundTripMs: number | undefined;
}

/** Those that a place is reached by: one, or one for each of its machines. */
export function linesOf({ place, traffic }: Connected): readonly Line[] {
  if (place instanceof Remote) {
    const { roundTripMs } = place;
    return [{ id: remoteIdOf(machineOfStore(place.uri)), traffic, roundTripMs }];
  }
  if (!(place instanceof Builders)) return [];
  return place.present.map((builder) => ({
    id: remoteIdOf(builder.machine),
    traffic: builder,
    roundTripMs: builder.roundTripMs,
  }));
}
