import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Evaluating, isCovered, Outline, type Unit } from '../../src/nix/outline.ts';

const paths = (units: readonly Unit[]) =>
  units.map(({ place }) => [place.id, ...(place.path ?? [])].join('.'));

describe('Outline', () => {
  it('puts what is in a set behind it', () => {
    const outline = new Outline([0, 1]);
    outline.enter({ id: 0, path: [] }, ['a', 'b']);
    outline.enter({ id: 0, path: ['a'] }, ['x']);
    outline.enter({ id: 0, path: ['a'] }, ['x']);
    outline.enter({ id: 1, path: [] }, []);
    expect(paths(outline.free())).toEqual(['0', '0.a', '0.a.x', '0.b', '1']);
  });

  it('knows what lies before a process, as far as nobody else is there', () => {
    const outline = new Outline([0]);
    outline.enter({ id: 0, path: null }, ['a', 'b', 'c', 'd', 'e']);
    const taken = outline.at({ id: 0, path: ['d'] });
    const from = outline.at({ id: 0, path: ['a'] });
    if (!taken || !from) throw new Error('not there');
    taken.by = { isUnderWay: false };
    expect(paths(outline.freeAfter(from))).toEqual(['0.b', '0.c']);
  });
});

describe('isCovered', () => {
  const unitBy = (state: Unit['state'], by: Evaluating | undefined): Unit => {
    const unit = new Outline([0]).first;
    if (!unit) throw new Error('not there');
    return Object.assign(unit, { state, by });
  };
  const me: Evaluating = { isUnderWay: true };

  it.each([
    ['done', undefined, true],
    ['set-aside', undefined, true],
    ['pending', undefined, false],
    ['begun', me, false],
    ['begun', { isUnderWay: true }, true],
    ['begun', { isUnderWay: false }, false],
    ['pending', { isUnderWay: false }, false],
  ] as const)('%s, by %o: %s', (state, by, covered) => {
    expect(isCovered(unitBy(state, by), me)).toBe(covered);
  });
});

/** Walks as processes do, each step of one of them at random, and starts others in the middle of what lies before one. */
class Simulation {
  readonly outline: Outline;
  readonly evaluated: string[] = [];
  readonly #walkers: { unit: Unit; isUnderWay: boolean; isInside: boolean }[] = [];

  constructor(count: number) {
    this.outline = new Outline([0]);
    const names = Array.from({ length: count }, (_, index) => `n${index}`);
    this.outline.enter({ id: 0, path: null }, names);
    this.#start(this.outline.first);
  }

  get isOver(): boolean {
    if (this.#walkers.length === 0) this.#start(this.outline.free()[0]);
    return this.#walkers.length === 0;
  }

  share(which: number): void {
    const walker = this.#walkers[which % this.#walkers.length];
    const ahead = walker ? this.outline.freeAfter(walker.unit) : [];
    this.#start(ahead[Math.floor(ahead.length / 2)]);
  }

  step(which: number): void {
    const index = which % this.#walkers.length;
    const walker = this.#walkers[index];
    if (!walker) return;
    const { unit } = walker;
    if (!walker.isInside) {
      if (isCovered(unit, walker)) return void this.#walkers.splice(index, 1);
      Object.assign(unit, { state: 'begun', by: walker });
      walker.isInside = true;
      return;
    }
    if (unit.state !== 'done') this.evaluated.push(...paths([unit]));
    unit.state = 'done';
    walker.isUnderWay = true;
    walker.isInside = false;
    if (unit.next) walker.unit = unit.next;
    else this.#walkers.splice(index, 1);
  }

  #start(unit: Unit | undefined): void {
    if (!unit) return;
    const walker = { unit, isUnderWay: false, isInside: false };
    unit.by = walker;
    this.#walkers.push(walker);
  }
}

it('whoever is how fast: everything is evaluated, and counts once', () => {
  const move = fc.record({ share: fc.boolean(), which: fc.nat(5) });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 30 }),
      fc.array(move, { minLength: 1 }),
      (count, moves) => {
        const simulation = new Simulation(count);
        for (let turn = 0; !simulation.isOver; turn += 1) {
          const { share, which } = moves[turn % moves.length] ?? { share: false, which: 0 };
          if (share && turn < 100) simulation.share(which);
          simulation.step(turn < 1000 ? which : turn);
        }
        expect(simulation.evaluated).toHaveLength(count + 1);
        expect(new Set(simulation.evaluated).size).toBe(count + 1);
      },
    ),
  );
});
