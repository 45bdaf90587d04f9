import { readFile } from 'node:fs/promises';
import { parseDerivation, type Derivation } from '../domain/derivation.ts';
import { longestChain } from '../domain/longest-chain.ts';
import type { DrvPath, StorePath } from '../domain/store-path.ts';

/** `.drv` files that are read at most, for all that is only to be shown: a large graph is not worth seconds. */
const MAX_READ = 5000;

/** What `.drv` files of the local store say, each read once. What cannot be read, or is beyond the limit, needs nothing. */
export class DerivationFiles {
  readonly #read = new Map<DrvPath, Promise<Derivation | undefined>>();

  get(drvPath: DrvPath): Promise<Derivation | undefined> {
    const known = this.#read.get(drvPath);
    if (known) return known;
    if (this.#read.size >= MAX_READ) return Promise.resolve(undefined);
    const reading = readFile(drvPath, 'utf8')
      .then((text) => parseDerivation(text, drvPath))
      .catch(() => undefined);
    this.#read.set(drvPath, reading);
    return reading;
  }

  async needsOf(drvPath: DrvPath): Promise<readonly DrvPath[]> {
    return [...((await this.get(drvPath))?.inputDrvs.keys() ?? [])];
  }

  /** The outputs that it takes of other derivations. */
  async inputsOf(drvPath: DrvPath): Promise<readonly StorePath[]> {
    const needed = [...((await this.get(drvPath))?.inputDrvs ?? [])];
    const paths = needed.map(async ([input, names]) => {
      const outputs = (await this.get(input))?.outputs;
      return names.flatMap((name) => outputs?.get(name) ?? []);
    });
    return (await Promise.all(paths)).flat();
  }
}

/** Of what was built, the builds that took longest one after the other. */
export async function criticalPath(
  seconds: ReadonlyMap<DrvPath, number>,
  files: DerivationFiles,
): Promise<readonly DrvPath[]> {
  const needs = new Map(
    await Promise.all(
      [...seconds.keys()].map(async (drvPath) => [drvPath, await files.needsOf(drvPath)] as const),
    ),
  );
  return longestChain(seconds, (drvPath) => needs.get(drvPath) ?? []);
}

/** By what could not be built, one of the failed derivations that it needs. */
export async function causesOf(
  blocked: readonly DrvPath[],
  failed: ReadonlySet<DrvPath>,
  files: DerivationFiles,
): Promise<ReadonlyMap<DrvPath, DrvPath>> {
  const causes = new Map<DrvPath, DrvPath>();
  if (failed.size === 0) return causes;
  const [only, ...others] = failed;
  for (const drvPath of blocked) {
    const cause = others.length === 0 ? only : await nearest(drvPath, failed, files);
    if (cause !== undefined) causes.set(drvPath, cause);
  }
  return causes;
}

/** Level by level, so that of several the nearest is found. */
async function nearest(
  root: DrvPath,
  failed: ReadonlySet<DrvPath>,
  files: DerivationFiles,
): Promise<DrvPath | undefined> {
  const seen = new Set([root]);
  let level: readonly DrvPath[] = [root];
  while (level.length > 0) {
    const needs = (await Promise.all(level.map((drvPath) => files.needsOf(drvPath)))).flat();
    const found = needs.find((drvPath) => failed.has(drvPath));
    if (found !== undefined) return found;
    level = [...new Set(needs)].filter((drvPath) => !seen.has(drvPath));
    for (const drvPath of level) seen.add(drvPath);
  }
  return undefined;
}
