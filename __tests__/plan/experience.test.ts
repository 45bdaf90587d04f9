import { describe, expect, it } from 'vitest';
import { decide } from '../../src/plan/decide.ts';
import { MOST, remember, tells, withHistory, type Experience } from '../../src/plan/experience.ts';
import { NO_HISTORY, type PastLink, type PastRun } from '../../src/plan/history.ts';
import { bytes, milliseconds, seconds, type BytesPerSecond } from '../../src/plan/units.ts';
import { evidenceOf, remoteId, type Scene } from './scene.ts';

const UNKNOWN: PastLink = { roundTripMs: 'unknown', up: 'unknown', down: 'unknown' };

const RUN: PastRun = {
  mode: 'remote-store',
  predicted: undefined,
  actual: { seconds: seconds(1), bytesUp: bytes(1), bytesDown: bytes(1) },
  builds: { count: 0, seconds: seconds(0) },
};

const rate = (perSecond: number) => perSecond as BytesPerSecond;

function experience(part: Partial<Experience>): Experience {
  return { run: RUN, links: new Map(), sizes: new Map(), ...part };
}

describe('what is remembered', () => {
  it('is the newest first, and no more than there is room for', () => {
    let history = NO_HISTORY;
    for (let count = 0; count < MOST.runs + 5; count += 1) {
      const run = { ...RUN, builds: { count, seconds: seconds(0) } };
      const sizes = new Map(
        Array.from({ length: 100 }, (_, index) => [`${count}-${index}`, bytes(1)] as const),
      );
      history = remember(history, experience({ run, sizes }));
    }
    expect(history.runs).toHaveLength(MOST.runs);
    expect(history.runs[0]?.builds.count).toBe(MOST.runs + 4);
    expect(history.sizes.size).toBe(MOST.sizes);
    expect(history.sizes.has(`${MOST.runs + 4}-0`)).toBe(true);
    expect(history.sizes.has('0-0')).toBe(false);
  });

  it('of a line is what was found out last, each for itself', () => {
    const id = remoteId('remote');
    const first = { roundTripMs: milliseconds(40), up: rate(10), down: rate(20) };
    const second = { ...UNKNOWN, down: rate(5) };
    const [before, now] = [first, second].map((link) =>
      experience({ links: new Map([[id, link]]) }),
    );
    const history = [before, now].reduce(
      (all, each) => remember(all, each ?? experience({})),
      NO_HISTORY,
    );
    expect(history.links.get(id)).toEqual({ ...first, down: 5 });
  });

  it('of an output is its last size', () => {
    const once = remember(
      NO_HISTORY,
      experience({
        sizes: new Map([
          ['app', bytes(1)],
          ['lib', bytes(2)],
        ]),
      }),
    );
    const twice = remember(once, experience({ sizes: new Map([['app', bytes(3)]]) }));
    expect([...twice.sizes]).toEqual([
      ['app', 3],
      ['lib', 2],
    ]);
  });
});

describe('a run tells', () => {
  const linkOf = (link: PastLink) => new Map([[remoteId('remote'), link]]);
  const predicted = {
    seconds: seconds(1),
    certainSeconds: seconds(1),
    bytesUp: bytes(1),
    bytesDown: bytes(1),
  };
  const history = remember(NO_HISTORY, experience({ sizes: new Map([['app', bytes(1)]]) }));

  it.each<[string, Partial<Experience>]>([
    ['nothing was built, moved or predicted', {}],
    ['only a round trip shows', { links: linkOf({ ...UNKNOWN, roundTripMs: milliseconds(1) }) }],
    ['all was here', { run: { ...RUN, mode: 'local', predicted } }],
    ['an output is as large as ever', { sizes: new Map([['app', bytes(1)]]) }],
  ])('nothing where %s', (_, part) => {
    expect(tells(history, experience(part))).toBe(false);
  });

  it.each<[string, Partial<Experience>]>([
    ['something was built', { run: { ...RUN, builds: { count: 1, seconds: seconds(1) } } }],
    ['something was predicted', { run: { ...RUN, predicted } }],
    ['a rate shows', { links: linkOf({ ...UNKNOWN, up: rate(1) }) }],
    ['an output is new', { sizes: new Map([['lib', bytes(1)]]) }],
    ['an output has grown', { sizes: new Map([['app', bytes(2)]]) }],
  ])('something where %s', (_, part) => {
    expect(tells(history, experience(part))).toBe(true);
  });
});

describe('a prediction', () => {
  const scene: Scene = {
    derivations: { sdk: { size: 200e6, at: ['remote'] }, app: { needs: ['sdk'] } },
    remotes: { remote: { link: UNKNOWN } },
    back: true,
  };
  const expected = (history = NO_HISTORY) => {
    const { mode, predictions } = decide(withHistory(evidenceOf(scene), history));
    return { mode, ours: predictions.find((each) => each.mode === 'remote-store') };
  };
  const past: PastLink = { roundTripMs: milliseconds(5), up: rate(1e6), down: rate(1e6) };
  const links = new Map([[remoteId('remote'), past]]);

  it('goes by how the line was, and how large an output of that name', () => {
    const plain = expected();
    expect(plain.ours?.bytesDown).toEqual({ least: 0, expected: 1e6, most: 'unbounded' });
    expect(plain.ours?.assumptions.join()).toMatch(/taken as 1.0 MB each.*taken as one of/);
    const known = expected({ ...NO_HISTORY, links, sizes: new Map([['app', bytes(30e6)]]) });
    expect(known.ours?.bytesDown).toEqual({ least: 15e6, expected: 30e6, most: 60e6 });
    expect(known.ours?.parts.moving.expected).toBeCloseTo(30, 1);
    expect(known.ours?.assumptions.join()).toMatch(/1 output .* as large as in an earlier run/);
    expect(known.mode).toBe(plain.mode);
  });

  it('takes what is measured now before what was measured then', () => {
    const measured = { ...UNKNOWN, roundTripMs: milliseconds(80) };
    const evidence = evidenceOf({ ...scene, remotes: { remote: { link: measured } } });
    const { remotes } = withHistory(evidence, { ...NO_HISTORY, links });
    expect(remotes[0]?.link).toEqual({ ...past, roundTripMs: 80 });
  });
});
