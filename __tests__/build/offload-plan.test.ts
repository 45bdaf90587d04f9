import { describe, expect, test } from 'vitest';
import { planOffload, type BuiltPath } from '../../src/build/offload-plan.ts';
import { abilitiesOf } from '../../src/build/offers.ts';
import type { Derivation } from '../../src/domain/derivation.ts';
import { parseDrvPath, parseStorePath, type DrvPath } from '../../src/domain/store-path.ts';

const ANYTHING = { systems: undefined, features: undefined };

function drv(name: string): DrvPath {
  return parseDrvPath(`/nix/store/${'0'.repeat(32)}-${name}.drv`);
}

function wanted(name: string): BuiltPath {
  return { kind: 'built', drvPath: drv(name), outputs: 'all' };
}

interface Node {
  readonly needs?: readonly string[];
  readonly system?: string;
  readonly features?: string;
}

function closure(nodes: Readonly<Record<string, Node>>): ReadonlyMap<DrvPath, Derivation> {
  return new Map(
    Object.entries(nodes).map(([name, { needs = [], system = 'x86_64-linux', features = '' }]) => [
      drv(name),
      {
        outputs: new Map([['out', parseStorePath(`/nix/store/${'1'.repeat(32)}-${name}`)]]),
        inputDrvs: new Map(needs.map((each) => [drv(each), ['out']])),
        inputSrcs: [],
        system,
        builder: '/bin/sh',
        args: [],
        env: new Map([['requiredSystemFeatures', features]]),
      },
    ]),
  );
}

const BOTH = closure({ one: { needs: ['arm'] }, other: {}, arm: { system: 'aarch64-linux' } });
const missing = (...names: string[]) => new Set(names.map(drv));

describe('who builds what', () => {
  test('the remote builds what has to be built, this machine gets what need not be', () => {
    const source = {
      kind: 'opaque',
      path: parseStorePath(`/nix/store/${'2'.repeat(32)}-x`),
    } as const;
    const paths = [wanted('one'), wanted('other'), source];
    expect(planOffload(paths, missing('other'), BOTH, ANYTHING)).toEqual({
      remote: [wanted('other')],
      local: [wanted('one'), source],
    });
  });

  test('what the remote is not able to build stays here, with all that needs it', () => {
    const intel = { systems: new Set(['x86_64-linux']), features: undefined };
    const paths = [wanted('one'), wanted('other')];
    expect(planOffload(paths, missing('one', 'other', 'arm'), BOTH, intel)).toEqual({
      remote: [wanted('other')],
      local: [wanted('one')],
    });
    // An input that is there already, or comes from a substituter, takes no machine of its kind.
    expect(planOffload(paths, missing('one', 'other'), BOTH, intel).local).toEqual([]);
  });

  test('features count as systems do, and what Nix builds by itself is for every machine', () => {
    const nodes = closure({ vm: { features: 'kvm big-parallel' }, fetch: { system: 'builtin' } });
    const paths = [wanted('vm'), wanted('fetch')];
    const plan = (features: string[]) =>
      planOffload(paths, missing('vm', 'fetch'), nodes, {
        systems: new Set(['x86_64-linux']),
        features: new Set(features),
      });
    expect(plan(['kvm']).local).toEqual([wanted('vm')]);
    expect(plan(['kvm', 'big-parallel']).local).toEqual([]);
  });
});

describe('what a remote is able to build', () => {
  const settings = new Map([
    ['system', 'x86_64-linux'],
    ['extra-platforms', 'i686-linux'],
    ['system-features', 'kvm benchmark'],
  ]);

  test('is what its URI says, else its settings, else anything', () => {
    const silent = { systems: [], systemFeatures: [] };
    expect(abilitiesOf(silent, settings)).toEqual({
      systems: new Set(['x86_64-linux', 'i686-linux']),
      features: new Set(['kvm', 'benchmark']),
    });
    const uri = { systems: ['aarch64-linux'], systemFeatures: ['kvm'] };
    expect(abilitiesOf(uri, settings)).toEqual({
      systems: new Set(['aarch64-linux']),
      features: new Set(['kvm']),
    });
    expect(abilitiesOf(silent, undefined)).toEqual(ANYTHING);
  });
});
