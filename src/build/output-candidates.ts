import { readFile } from 'node:fs/promises';
import { isDrvPath, type StorePath } from '../domain/store-path.ts';
import { candidatesOf, derivationClosure, type Candidates } from '../store/derivation-closure.ts';

/** All that the outputs of these derivations can refer to, out of the .drv files that evaluation left here. */
export async function outputCandidates(keys: readonly StorePath[]): Promise<Candidates> {
  const drvPaths = keys.filter((key) => isDrvPath(key));
  const candidates = candidatesOf(
    await derivationClosure(drvPaths, (path) => readFile(path, 'utf8')),
  );
  // Of a store path that was asked for by itself nothing is known.
  return { ...candidates, areAll: candidates.areAll && drvPaths.length === keys.length };
}
