import { lstat, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';

import { parseDerivation, requiredSystemFeatures } from '../domain/derivation.ts';
import { ActionError, toError } from '../domain/errors.ts';
import type { Installable, StorePathInstallable } from '../domain/installable.ts';
import {
  type DrvPath,
  type StorePath,
  isDrvPath,
  isStorePath,
  storePathName,
} from '../domain/store-path.ts';
import { parseMachineSystem } from '../domain/machine.ts';
import { unbuildable } from './evaluation-failure.ts';
import type { EvaluatedAttribute, EvaluatedDerivation } from './evaluation.ts';
import { outputsWanted } from './wanted-outputs.ts';

/** More symlinks than anybody lays in a row. */
const MAX_LINKS = 32;

/**
 * The installable as a store path, if it is a symlink that leads to one: `./result` (store-api.cc,
 * `followLinksToStorePath`); otherwise as it is.
 */
export async function followLinks(
  installable: Installable,
  workingDirectory: string,
): Promise<Installable> {
  const { text, outputs } = installable;
  if (installable.kind !== 'flake' || !installable.flakeRef.includes('/') || /[#?]/.test(text)) {
    return installable;
  }
  const target = await storePathBehind(path.resolve(workingDirectory, installable.flakeRef));
  return target === undefined ? installable : { kind: 'store-path', text, outputs, path: target };
}

/**
 * What a store path comes to: with `^outputs` the derivation that it is, which must be in the local store; else
 * the path itself, also where it is a `.drv` (as since Nix 2.15).
 */
export async function storePathAttribute(
  installable: StorePathInstallable,
): Promise<EvaluatedAttribute> {
  const { text, outputs, path: storePath } = installable;
  if (outputs === undefined) {
    return { kind: 'store-path', installable, attribute: text, path: storePath };
  }
  if (!isDrvPath(storePath)) {
    return unbuildable(installable, text, 'only a derivation (….drv) has outputs to select with ^');
  }
  try {
    return await readDerivation(installable, storePath);
  } catch (error) {
    return unbuildable(installable, text, toError(error).message);
  }
}

async function readDerivation(
  installable: StorePathInstallable,
  drvPath: DrvPath,
): Promise<EvaluatedDerivation> {
  const text = await readFile(drvPath, 'utf8').catch((cause: unknown) => {
    throw new ActionError('path-invalid', 'it is not in the local store', { cause });
  });
  const derivation = parseDerivation(text, drvPath);
  const names = [...derivation.outputs.keys()];
  return {
    kind: 'derivation',
    installable,
    attribute: installable.text,
    member: [],
    drvPath,
    name: storePathName(drvPath).replace(/\.drv$/, ''),
    system: parseMachineSystem(derivation.system),
    outputs: derivation.outputs,
    wantedOutputs: outputsWanted(installable.outputs ?? 'all', names),
    requiredSystemFeatures: requiredSystemFeatures(derivation),
    position: undefined,
  };
}

async function storePathBehind(link: string): Promise<StorePath | undefined> {
  let each = link;
  for (let count = 0; count < MAX_LINKS; count += 1) {
    const top = each.split('/', 4).join('/');
    if (isStorePath(top)) return top;
    const isLink = await lstat(each).then(
      (found) => found.isSymbolicLink(),
      () => false,
    );
    if (!isLink) return undefined;
    each = path.resolve(path.dirname(each), await readlink(each));
  }
  return undefined;
}
