import { storePathName, type DrvPath } from '../domain/store-path.ts';

/** A derivation's name without `.drv`. */
export function derivationName(drvPath: DrvPath): string {
  return storePathName(drvPath).replace(/\.drv$/, '');
}
