import { machineName, machineOfStore, type Machine } from '../domain/machine.ts';
import { Remote } from './remote.ts';
import type { Connected } from './site.ts';

/** The remote store on a machine, if that is among these. */
export function remoteOn(machine: Machine, stores: readonly Connected[]): Remote | undefined {
  const name = machineName(machine);
  const remotes = stores.flatMap(({ place }) => (place instanceof Remote ? [place] : []));
  return remotes.find(({ uri }) => machineName(machineOfStore(uri)) === name);
}
