import { OP } from './op.ts';

/** What a request is made of (`serialise.hh`, `worker-protocol.hh`). */
export type Part =
  | 'number'
  | 'string'
  /** A count, and that many strings. */
  | 'strings'
  /** A count, and that many pairs of strings. */
  | 'map'
  /** `BasicDerivation`: outputs, sources, platform, builder, arguments and environment. */
  | 'derivation'
  /** Lengths, each followed by as many bytes, until a length of zero. */
  | 'frames';

export type Shape = readonly Part[];

const PARTS: Readonly<Record<string, Part>> = {
  n: 'number',
  s: 'string',
  S: 'strings',
  M: 'map',
  D: 'derivation',
  F: 'frames',
};

/** What follows the number of an operation, letter by letter: the same in every protocol from 1.32 to 1.37 (Nix's `daemon.cc`). */
const LETTERS: Readonly<Record<number, string>> = {
  [OP.isValidPath]: 's',
  [OP.hasSubstitutes]: 's',
  [OP.queryPathHash]: 's',
  [OP.queryReferences]: 's',
  [OP.queryReferrers]: 's',
  [OP.addToStore]: 'ssSnF',
  [OP.addTextToStore]: 'ssS',
  [OP.buildPaths]: 'Sn',
  [OP.ensurePath]: 's',
  [OP.addTempRoot]: 's',
  [OP.addIndirectRoot]: 's',
  [OP.syncWithGC]: '',
  [OP.findRoots]: '',
  [OP.exportPath]: 'sn',
  [OP.queryDeriver]: 's',
  [OP.setOptions]: 'nnnnnnnnnnnnM',
  [OP.collectGarbage]: 'nSnnnnn',
  [OP.querySubstitutablePathInfo]: 's',
  [OP.queryDerivationOutputs]: 's',
  [OP.queryAllValidPaths]: '',
  [OP.queryPathInfo]: 's',
  [OP.queryDerivationOutputNames]: 's',
  [OP.queryPathFromHashPart]: 's',
  [OP.querySubstitutablePathInfos]: 'M',
  [OP.queryValidPaths]: 'Sn',
  [OP.querySubstitutablePaths]: 'S',
  [OP.queryValidDerivers]: 's',
  [OP.optimiseStore]: '',
  [OP.verifyStore]: 'nn',
  [OP.buildDerivation]: 'sDn',
  [OP.addSignatures]: 'sS',
  [OP.narFromPath]: 's',
  [OP.addToStoreNar]: 'sssSnnnSsnnF',
  [OP.queryMissing]: 'S',
  [OP.queryDerivationOutputMap]: 's',
  [OP.registerDrvOutput]: 's',
  [OP.queryRealisation]: 's',
  [OP.addMultipleToStore]: 'nnF',
  [OP.addBuildLog]: 'sF',
  [OP.buildPathsWithResults]: 'Sn',
  [OP.addPermRoot]: 'ss',
};

/**
 * The shape of each operation's request, by its number. Absent are those during which the daemon would ask back (ImportPaths, 27), those
 * that Nix has removed, and those to come.
 */
export const REQUEST_SHAPES: ReadonlyMap<number, Shape> = new Map(
  Object.entries(LETTERS).map(([op, letters]) => [Number(op), toShape(letters)]),
);

function toShape(letters: string): Shape {
  return Array.from(letters).flatMap((letter) => PARTS[letter] ?? []);
}
