import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../src/plan/decide.ts';
import { bytes } from '../../src/plan/units.ts';
import { ARM, evidenceOf, LINUX, RATE, type Scene, type Thing } from './scene.ts';

const STORES = ['local', 'remote', 'other'] as const;

interface Drawn {
  readonly needs: readonly number[];
  readonly at: readonly (typeof STORES)[number][];
  readonly isSigned: boolean;
  readonly size: number;
  readonly isForeign: boolean;
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  needs: fc.array(fc.nat(11), { maxLength: 3 }),
  at: fc.subarray([...STORES]),
  isSigned: fc.boolean(),
  size: fc.nat(2e9),
  isForeign: fc.boolean(),
});

/** A graph in which each thing needs only earlier ones, and in which, as in real stores, all that a valid path refers to is valid. */
function thingsOf(all: readonly Drawn[]): Readonly<Record<string, Thing>> {
  const earlier = ({ needs }: Drawn, index: number): number[] =>
    [...new Set(needs)].filter((each) => each < index);
  const valid = STORES.map((store) => {
    const there = new Set(all.flatMap(({ at }, index) => (at.includes(store) ? [index] : [])));
    for (let index = all.length - 1; index >= 0; index -= 1) {
      const one = all[index];
      if (one && there.has(index)) for (const need of earlier(one, index)) there.add(need);
    }
    return { store, there };
  });
  return Object.fromEntries(
    all.map((one, index) => [
      `d${index}`,
      {
        needs: earlier(one, index).map((each) => `d${each}`),
        at: valid.flatMap(({ store, there }) => (there.has(index) ? [store] : [])),
        signed: one.isSigned ? ['key'] : [],
        size: one.size,
        system: one.isForeign ? ARM : LINUX,
      },
    ]),
  );
}

const scene: fc.Arbitrary<Scene> = fc
  .record({
    all: fc.array(drawn, { minLength: 1, maxLength: 12 }),
    back: fc.boolean(),
    wantedCount: fc.integer({ min: 1, max: 3 }),
    isKnown: fc.boolean(),
    areTwo: fc.boolean(),
    free: fc.constantFrom('unknown' as const, bytes(1e9), bytes(1e12)),
    hasCache: fc.boolean(),
  })
  .map(({ all, back, wantedCount, isKnown, areTwo, free, hasCache }) => {
    const derivations = thingsOf(all);
    const link = { roundTripMs: 'unknown', up: RATE, down: RATE } as const;
    const keyNames = new Set(hasCache ? ['key'] : []);
    const remote = { ...(isKnown ? {} : { link }), substitution: { keyNames } };
    return {
      derivations,
      back,
      wanted: Object.keys(derivations).slice(-wantedCount),
      remotes: { remote, ...(areTwo && { other: { systems: new Set([ARM]) } }) },
      local: { freeBytes: free, substitution: { keyNames } },
    };
  });

function grown({ derivations = {}, ...rest }: Scene, name: string, more: number): Scene {
  const thing = derivations[name];
  const size = (thing?.size ?? 0) + more;
  return { ...rest, derivations: { ...derivations, ...(thing && { [name]: { ...thing, size } }) } };
}

describe('whatever the evidence', () => {
  it('there is a decision, the same each time, in words that hold no nonsense', () => {
    fc.assert(
      fc.property(scene, (each) => {
        const decision = decide(evidenceOf(each));
        expect(decide(evidenceOf(each))).toEqual(decision);
        const json = JSON.stringify(decision);
        expect(json).not.toMatch(/NaN|undefined|Infinity|null/);
        for (const { seconds, bytesUp, bytesDown } of decision.predictions) {
          for (const { least, expected, most } of [seconds, bytesUp, bytesDown]) {
            expect(least).toBeGreaterThanOrEqual(0);
            expect(expected).toBeGreaterThanOrEqual(least);
            if (most !== 'unbounded') expect(most).toBeGreaterThanOrEqual(expected - 1e-6);
          }
        }
      }),
    );
  });

  it('local is chosen where all that is wanted is here, and nowhere else', () => {
    fc.assert(
      fc.property(scene, (each) => {
        const isHere = (each.wanted ?? []).every((name) =>
          each.derivations?.[name]?.at?.includes('local'),
        );
        expect(decide(evidenceOf(each)).mode === 'local').toBe(isHere);
      }),
    );
  });

  it('more bytes of an output never make builders more attractive', () => {
    fc.assert(
      fc.property(scene, fc.nat(11), fc.nat(1e10), (each, index, more) => {
        const before = decide(evidenceOf(each)).mode;
        const after = decide(evidenceOf(grown(each, `d${index}`, more))).mode;
        if (before !== 'builders') expect(after).toBe(before);
      }),
      { numRuns: 500 },
    );
  });

  it('the mode that is chosen is clearly quicker than the other, or a remote store', () => {
    fc.assert(
      fc.property(scene, (each) => {
        const { mode, predictions } = decide(evidenceOf(each));
        const [ours, theirs] = predictions;
        if (!ours || !theirs) return;
        const [store, builders] = [ours.seconds.expected, theirs.seconds.expected];
        expect(mode).toBe(
          builders * 1.1 < store && builders + 1 < store ? 'builders' : 'remote-store',
        );
      }),
    );
  });
});
