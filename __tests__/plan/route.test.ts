import { describe, expect, test } from 'vitest';
import type { Demand } from '../../src/domain/abilities.ts';
import { parseDrvPath, type DrvPath } from '../../src/domain/store-path.ts';
import { route, type Needs, type Offer, type Routed } from '../../src/plan/route.ts';

const drv = (name: string): DrvPath => parseDrvPath(`/nix/store/${'0'.repeat(32)}-${name}.drv`);

const demand = (system: string, ...features: readonly string[]): Demand => ({
  system,
  env: new Map([['requiredSystemFeatures', features.join(' ')]]),
});

const INTEL = demand('x86_64-linux');
const ARM = demand('aarch64-linux');

const target = (name: string, wanted: Demand | undefined = INTEL): Routed => ({
  key: drv(name),
  demand: wanted,
});

function offer(
  systems: readonly string[],
  rest: Partial<Offer> & { features?: string[] } = {},
): Offer {
  const { features, ...others } = rest;
  const machine = { systems: new Set(systems), features: features && new Set(features) };
  return { machines: [machine], others: 'none', capacity: 1, ...others };
}

const UNASKED: Needs = () => undefined;

/** Who gets which target, by name. */
function shared(targets: readonly Routed[], offers: readonly Offer[], needs: Needs = UNASKED) {
  const { shares, unsupported } = route(targets, offers, needs);
  return {
    shares: targets.map(({ key }) => shares.get(key)),
    unsupported: unsupported.map(({ key }) => key),
  };
}

describe('a target goes', () => {
  test('where its system is built', () => {
    const offers = [offer(['x86_64-linux']), offer(['aarch64-linux', 'aarch64-darwin'])];
    const targets = [target('a', ARM), target('b'), target('c', demand('aarch64-darwin'))];
    expect(shared(targets, offers).shares).toEqual([1, 0, 1]);
  });

  test('where the features are that it requires', () => {
    const offers = [
      offer(['x86_64-linux'], { features: [] }),
      offer(['x86_64-linux'], { features: ['kvm'] }),
    ];
    expect(shared([target('vm', demand('x86_64-linux', 'kvm'))], offers).shares).toEqual([1]);
  });

  test('nowhere, if nobody builds it', () => {
    const offers = [offer(['x86_64-linux'], { features: ['kvm'] }), offer(['aarch64-linux'])];
    const wanted = [demand('aarch64-darwin'), demand('x86_64-linux', 'benchmark')];
    const targets = wanted.map((each, index) => target(`t${index}`, each));
    expect(shared(targets, offers)).toEqual({
      shares: [undefined, undefined],
      unsupported: targets.map(({ key }) => key),
    });
  });

  test('to who may have machines that nobody knows of, rather than nowhere', () => {
    const offers = [offer(['x86_64-linux']), offer(['x86_64-linux'], { others: 'possible' })];
    expect(shared([target('a', ARM)], offers).shares).toEqual([1]);
  });

  test('anywhere, if the machine does not say what it builds, or only a store path is wanted', () => {
    const silent: Offer = { ...offer([]), machines: [{ systems: undefined, features: undefined }] };
    expect(shared([target('a', ARM)], [offer(['x86_64-linux']), silent]).shares).toEqual([1]);
    expect(
      shared([{ key: drv('p'), demand: undefined }], [offer(['x86_64-linux'])]).shares,
    ).toEqual([0]);
  });
});

describe('between places that both build it', () => {
  const both = [offer(['x86_64-linux']), offer(['x86_64-linux'])];
  const targets = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => target(name));

  /** What each target needs beside itself, the same at each place. */
  const needing =
    (others: (name: string) => readonly DrvPath[], wanted: Demand = INTEL): Needs =>
    ({ key }) =>
      new Map(
        [drv('x'), ...others(key)].map((path, at) => [
          at === 0 ? drv(key.slice(44, -4)) : path,
          wanted,
        ]),
      );

  test('targets that have nothing in common are dealt out evenly', () => {
    expect(
      shared(
        targets,
        both,
        needing(() => []),
      ).shares,
    ).toEqual([0, 1, 0, 1, 0, 1]);
  });

  test('who is faster, or runs more at a time, gets more', () => {
    const offers = [offer(['x86_64-linux'], { capacity: 2 }), offer(['x86_64-linux'])];
    const { shares } = shared(
      targets,
      offers,
      needing(() => []),
    );
    expect(shares.filter((place) => place === 0)).toHaveLength(4);
  });

  test('targets that need much in common stay together', () => {
    const common = Array.from({ length: 20 }, (_, index) => drv(`common${index}`));
    expect(
      new Set(
        shared(
          targets,
          both,
          needing(() => common),
        ).shares,
      ).size,
    ).toBe(1);
  });

  test('of many targets, what they have in common keeps no place idle', () => {
    const common = Array.from({ length: 20 }, (_, index) => drv(`common${index}`));
    const many = Array.from({ length: 100 }, (_, index) => target(`many${index}`));
    const eight = both.map((each) => ({ ...each, capacity: 8 }));
    const { shares } = shared(
      many,
      eight,
      needing(() => common),
    );
    expect(shares.filter((place) => place === 1).length).toBeGreaterThan(30);
  });

  test('it goes where it is there already, but for itself', () => {
    const needs: Needs = (_, place) =>
      new Map((place === 1 ? ['a'] : ['a', 'b', 'c']).map((name) => [drv(name), INTEL]));
    expect(shared([target('a')], both, needs).shares).toEqual([1]);
  });

  test('it goes where all can be built that it needs', () => {
    const offers = [offer(['x86_64-linux']), offer(['x86_64-linux', 'aarch64-linux'])];
    const needs: Needs = () =>
      new Map([
        [drv('a'), INTEL],
        [drv('tool'), ARM],
      ]);
    expect(shared([target('a')], offers, needs).shares).toEqual([1]);
  });
});
