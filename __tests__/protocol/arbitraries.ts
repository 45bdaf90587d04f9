import fc from 'fast-check';
import type { ActivityField, DaemonEvent } from '../../src/domain/activity.ts';
import { BUILD_STATUSES, type BuildResult } from '../../src/domain/build-result.ts';
import type { DaemonOptions } from '../../src/domain/daemon.ts';
import type { DerivedPath } from '../../src/domain/derived-path.ts';
import type { PathInfo } from '../../src/domain/path-info.ts';
import {
  type DrvPath,
  parseDrvPath,
  parseStorePath,
  storePathBase,
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

const outputName = fc.constantFrom('out', 'dev', 'lib', 'man.1');

export const derivedPath: fc.Arbitrary<DerivedPath> = fc.oneof(
  fc.record({ kind: fc.constant('opaque' as const), path: storePath }),
  fc.record({
    kind: fc.constant('built' as const),
    drvPath,
    outputs: fc.oneof(
      fc.constant('all' as const),
      fc.uniqueArray(outputName, { minLength: 1, maxLength: 3 }),
    ),
  }),
);

export const daemonOptions: fc.Arbitrary<DaemonOptions> = fc.record({
  keepFailed: fc.boolean(),
  keepGoing: fc.boolean(),
  tryFallback: fc.boolean(),
  verbosity: fc.nat(7),
  verboseBuild: fc.boolean(),
  maxBuildJobs: fc.nat(),
  maxSilentTime: fc.nat(),
  buildCores: fc.nat(),
  useSubstitutes: fc.boolean(),
  overrides: fc.array(fc.tuple(fc.string(), fc.string())).map((entries) => new Map(entries)),
});

const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

const fields: fc.Arbitrary<ActivityField[]> = fc.array(fc.oneof(u64, fc.string()), {
  maxLength: 4,
});

export const daemonEvent: fc.Arbitrary<DaemonEvent> = fc.oneof(
  fc.record({
    kind: fc.constant('start' as const),
    id: u64,
    level: fc.nat(7),
    type: fc.nat(200),
    text: fc.string(),
    fields,
    parent: u64,
  }),
  fc.record({ kind: fc.constant('stop' as const), id: u64 }),
  fc.record({ kind: fc.constant('result' as const), id: u64, type: fc.nat(200), fields }),
  fc.record({ kind: fc.constant('message' as const), text: fc.string() }),
);

const cpuTime = fc.option(fc.nat(), { nil: undefined });

/** As a daemon of protocol 1.37 says them: outputs and realisations are two sides of the same. */
export const buildResult: fc.Arbitrary<BuildResult> = fc
  .record({
    path: derivedPath,
    status: fc.constantFrom(...BUILD_STATUSES),
    errorMessage: fc.string(),
    timesBuilt: fc.nat(),
    isNonDeterministic: fc.boolean(),
    startTime: fc.nat(),
    stopTime: fc.nat(),
    cpuUser: cpuTime,
    cpuSystem: cpuTime,
    outputs: fc
      .array(fc.tuple(outputName, storePath), { maxLength: 3 })
      .map((entries) => new Map(entries)),
  })
  .map((result) => ({ ...result, realisations: realisationsOf(result.outputs) }));

function realisationsOf(outputs: ReadonlyMap<string, StorePath>): Map<string, string> {
  return new Map(
    [...outputs].map(([name, path]) => {
      const id = `sha256:${'0'.repeat(64)}!${name}`;
      return [id, JSON.stringify({ id, outPath: storePathBase(path) })];
    }),
  );
}
