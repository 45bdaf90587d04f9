import { readFile } from 'node:fs/promises';
import { isDrvPath, type DrvPath, type StorePath } from '../domain/store-path.ts';
import type { Step, Wanted, Work } from '../plan/evidence.ts';
import { bytes, type Bytes } from '../plan/units.ts';
import { derivationClosure } from '../store/derivation-closure.ts';
import type { Target } from './target.ts';

/** Gives the text of a `.drv` file. */
export type ReadDerivation = (path: DrvPath) => Promise<string>;

/** Evaluation has left the files here. */
export const readDerivationHere: ReadDerivation = (path) => readFile(path, 'utf8');

/**
 * What is to be had, from the `.drv` files of all that it needs.
 * @throws ActionError `unsupported-derivation`
 */
export async function workOf(targets: readonly Target[], read: ReadDerivation): Promise<Work> {
  const sizes = new Map<DrvPath, Bytes>();
  const closure = await derivationClosure(drvPathsOf(targets), async (path) => {
    const text = await read(path);
    sizes.set(path, narSizeOfFile(Buffer.byteLength(text)));
    return text;
  });
  const derivations = new Map<DrvPath, Step>();
  for (const [drvPath, derivation] of closure) {
    derivations.set(drvPath, { ...derivation, size: sizes.get(drvPath) ?? bytes(0) });
  }
  return { wanted: targets.map(wantedOf), derivations };
}

/** What is known without reading anything. */
export function bareWorkOf(targets: readonly Target[]): Work {
  return { wanted: targets.map(wantedOf), derivations: new Map() };
}

/** All that the stores are asked about but the derivations themselves: outputs, the nearest first, and sources. */
export function pathsOf({ wanted, derivations }: Work): readonly StorePath[] {
  const paths = new Set<StorePath>();
  for (const { outputs } of wanted) {
    for (const path of outputs.values()) if (path !== undefined) paths.add(path);
  }
  for (const { outputs, inputSrcs } of derivations.values()) {
    for (const path of outputs.values()) if (path !== undefined) paths.add(path);
    for (const path of inputSrcs) paths.add(path);
  }
  return [...paths];
}

function wantedOf({ key, outputs, copy }: Target): Wanted {
  return { key, outputs, back: copy === 'copy' };
}

function drvPathsOf(targets: readonly Target[]): readonly DrvPath[] {
  return targets.map(({ key }) => key).filter((key) => isDrvPath(key));
}

/** What a NAR says besides of a file that is no program: nine words, each with its length, in eights. */
const FRAME = 112;

function narSizeOfFile(length: number): Bytes {
  return bytes(FRAME + Math.ceil(length / 8) * 8);
}
