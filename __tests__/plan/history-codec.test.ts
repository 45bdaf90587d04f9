import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RemoteId } from '../../src/plan/evidence.ts';
import { MOST } from '../../src/plan/experience.ts';
import { readHistory, writeHistory } from '../../src/plan/history-codec.ts';
import { NO_HISTORY, type History, type PastLink, type PastRun } from '../../src/plan/history.ts';
import {
  bytes,
  milliseconds,
  seconds,
  type BytesPerSecond,
  type Known,
} from '../../src/plan/units.ts';
import { remoteId } from './scene.ts';

const REMOTES: readonly RemoteId[] = [remoteId('b'), remoteId('a'), remoteId('c')];

const amount = fc.double({ min: 0, max: 1e15, noNaN: true }).map(Math.abs);

function known<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<Known<T>> {
  return fc.oneof(fc.constant('unknown' as const), arbitrary);
}

const moved = { bytesUp: amount.map(bytes), bytesDown: amount.map(bytes) };

const run: fc.Arbitrary<PastRun> = fc.record({
  mode: fc.constantFrom('remote-store' as const, 'builders' as const, 'local' as const),
  predicted: fc.option(
    fc.record({
      ...moved,
      seconds: amount.map(seconds),
      certainSeconds: amount.map(seconds),
    }),
    { nil: undefined },
  ),
  actual: fc.record({ ...moved, seconds: known(amount.map(seconds)) }),
  builds: fc.record({ count: fc.nat(), seconds: amount.map(seconds) }),
});

const rate = known(
  fc.double({ min: 1, max: 1e12, noNaN: true }).map((each) => each as BytesPerSecond),
);

const link: fc.Arbitrary<PastLink> = fc.record({
  roundTripMs: known(amount.map(milliseconds)),
  up: rate,
  down: rate,
});

const history: fc.Arbitrary<History> = fc.record({
  runs: fc.array(run, { maxLength: MOST.runs }),
  links: fc.subarray([...REMOTES]).chain((ids) =>
    fc.array(link, { minLength: ids.length, maxLength: ids.length }).map((links) => {
      const both = links.flatMap((each, index) => {
        const id = ids[index];
        return id ? [[id, each] as const] : [];
      });
      return new Map(both);
    }),
  ),
  sizes: fc
    .uniqueArray(fc.string(), { maxLength: 20 })
    .map((names) => new Map(names.map((name, index) => [name, bytes(index)]))),
});

describe('a history', () => {
  it('is read as it was written, in whatever order the remotes come', () => {
    fc.assert(
      fc.property(history, fc.shuffledSubarray([...REMOTES], { minLength: 3 }), (each, remotes) => {
        expect(readHistory(writeHistory(each, REMOTES), remotes)).toEqual(each);
      }),
    );
  });

  it('names no remote', () => {
    const links = new Map(
      REMOTES.map((id) => [
        id,
        { roundTripMs: milliseconds(1), up: 'unknown', down: 'unknown' } as const,
      ]),
    );
    expect(writeHistory({ ...NO_HISTORY, links }, REMOTES)).not.toMatch(/ssh/);
  });

  it('of other remotes is none', () => {
    expect(readHistory(writeHistory(NO_HISTORY, REMOTES), REMOTES.slice(1))).toBeUndefined();
  });

  it('that was cut or changed anywhere is read as something valid, or not at all', () => {
    fc.assert(
      fc.property(history, fc.nat(), fc.string({ maxLength: 3 }), (each, at, patch) => {
        const text = writeHistory(each, REMOTES);
        const start = at % text.length;
        const damaged = text.slice(0, start) + patch + text.slice(start + 1);
        const read = readHistory(damaged, REMOTES);
        if (read) expect(readHistory(writeHistory(read, REMOTES), REMOTES)).toEqual(read);
        if (start > 0) expect(readHistory(text.slice(0, start), REMOTES)).toBeUndefined();
      }),
    );
  });

  const GOOD = {
    mode: 'builders',
    actual: { bytesUp: 1, bytesDown: 2, seconds: 3 },
    builds: { count: 1, seconds: 1 },
  };

  it.each([
    ['nothing', ''],
    ['no JSON', '{'],
    ['null', 'null'],
    ['another version', JSON.stringify({ version: 2, runs: [], links: [null], sizes: [] })],
    ['a mode that is none', written({ runs: [{ ...GOOD, mode: 'auto' }] })],
    ['a negative amount', written({ runs: [{ ...GOOD, builds: { count: -1, seconds: 0 } }] })],
    [
      'an amount that is none',
      written({ runs: [{ ...GOOD, builds: { count: '1', seconds: 0 } }] }),
    ],
    [
      'an infinite amount',
      written({}).replace(
        '"runs":[]',
        '"runs":[{"mode":"local","actual":{"bytesUp":1e999,"bytesDown":0,"seconds":0},"builds":{"count":0,"seconds":0}}]',
      ),
    ],
    ['a rate of nothing', written({ links: [{ roundTripMs: 1, up: 0, down: 'unknown' }] })],
    [
      'more runs than are kept',
      written({ runs: Array.from({ length: MOST.runs + 1 }, () => GOOD) }),
    ],
    [
      'more sizes than are kept',
      written({ sizes: Array.from({ length: MOST.sizes + 1 }, (_, index) => [`n${index}`, 1]) }),
    ],
  ])('is none of %s', (_, text) => {
    expect(readHistory(text, [remoteId('a')])).toBeUndefined();
  });

  it('is one where that was all that was wrong', () => {
    expect(readHistory(written({ runs: [GOOD] }), [remoteId('a')])?.runs).toHaveLength(1);
  });
});

function written(part: object): string {
  return JSON.stringify({ version: 1, runs: [], links: [null], sizes: [], ...part });
}
