import { machineOfStore, type Machine } from '../domain/machine.ts';
import type { Access } from './access.ts';
import type { Destination } from './step-request.ts';

/** Where a destination logs in. */
export function endpointsOf(destination: Destination): readonly Machine[] {
  switch (destination.mode) {
    case 'remote-store':
      return destination.stores.map(machineOfStore);
    case 'builders':
    case 'auto':
      return destination.machines;
    case 'local':
      return [];
  }
}

/**
 * Makes sure that there is something to log in with everywhere.
 * @throws ActionError `credentials-missing`, and those of ssh/private-key.ts
 */
export async function requireCredentials(
  destination: Destination,
  { loginFor }: Access,
): Promise<void> {
  await Promise.all(endpointsOf(destination).map(loginFor));
}
