import fc from 'fast-check';
import type { PathInfo } from '../../src/domain/path-info.ts';
import {
  type DrvPath,
  parseDrvPath,
  parseStorePath,
  type StorePath,
} from '../../src/domain/store-path.ts';

const characters = (all: string) => fc.constantFrom(...all.split(''));

const base32 = characters('0123456789abcdfghijklmnpqrsvwxyz');
const nameCharacter = characters('abcxyzABC019+-._?=');

const hashPart = fc.string({ unit: base32, minLength: 32, maxLength: 32 });
const namePart = fc.string({ unit: nameCharacter, minLength: 1, maxLength: 40 });

export const storePath: fc.Arbitrary<StorePath> = fc
  .tuple(hashPart, namePart)
  .map(([hash, name]) => parseStorePath(`/nix/store/${hash}-${name}`));

export const drvPath: fc.Arbitrary<DrvPath> = storePath.map((path) => parseDrvPath(`${path}.drv`));

export const sha256Hex = fc.string({
  unit: characters('0123456789abcdef'),
  minLength: 64,
  maxLength: 64,
});

export const pathInfo: fc.Arbitrary<PathInfo> = fc.record({
  path: storePath,
  deriver: fc.option(storePath, { nil: undefined }),
  narHash: sha256Hex,
  narSize: fc.maxSafeNat(),
  references: fc.array(storePath, { maxLength: 5 }),
  registrationTime: fc.nat(),
  ultimate: fc.boolean(),
  signatures: fc.array(fc.string(), { maxLength: 3 }),
  contentAddress: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
});
