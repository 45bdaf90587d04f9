import type { Destination } from '../build/step-request.ts';
import type { InputReader } from './input-reader.ts';

/**
 * Where what is to be built again is built: Nix gives no rebuild to its builders (it checks on the machine itself,
 * https://github.com/NixOS/nix/issues/2299), so on `auto` it is the stores.
 */
export function destinationToRebuild(
  reader: InputReader,
  destination: Destination | undefined,
  rebuild: boolean,
): Destination | undefined {
  if (!rebuild || !destination) return destination;
  if (destination.mode === 'auto') return { mode: 'remote-store', stores: destination.stores };
  if (destination.mode === 'builders') {
    const hint = 'Name the machines in `store`, or leave rebuild out.';
    reader.complain('rebuild', 'is for stores: Nix has its builders build nothing again', hint);
  }
  return destination;
}

/** What `keep-failed` adds to the settings of builds: with `rebuild`, what came out otherwise is kept to be compared. */
export function keepFailedSetting(
  reader: InputReader,
  rebuild: boolean,
): readonly (readonly [string, string])[] {
  const keepFailed = reader.boolean('keep-failed') ?? (rebuild || undefined);
  return keepFailed === undefined ? [] : [['keep-failed', String(keepFailed)]];
}
