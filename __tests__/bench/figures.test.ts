import { describe, expect, it } from 'vitest';
import { atLeast, atMost } from '../../bench/case.ts';
import { toJson, type Result } from '../../bench/result.ts';
import { median, slope } from '../../bench/statistics.ts';
import { figuresTable, readmeTable } from '../../bench/tables.ts';
import { inTurns } from '../../bench/turns.ts';

const RESULT: Result = {
  name: 'copy-none',
  work: 'copy nothing back',
  unit: 's',
  ratio: 12.34567,
  ours: 0.5,
  stock: 6.172835,
  limit: 0.4,
  overLimit: 1.25,
  roundTrips: null,
  details: { ratioConnected: 30 },
  rounds: { ours: 3, stock: 1 },
  targets: [atLeast(10, 'ratio', 12.34567)],
  versions: { nix: '2.34.8', openssh: '10.6', node: '24.21.0' },
  machine: { cores: 2, memoryGiB: 24, architecture: 'x64' },
};

describe('statistics', () => {
  it('takes the value in the middle, or between the two that are', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  it('finds round trips as the slope of time over delay', () => {
    expect(slope(1.35, 0.25, 100)).toBeCloseTo(11);
  });
});

describe('turns', () => {
  it('take each thing in every round, and leave the first round out', async () => {
    const taken = { one: [100, 1, 3, 2], other: [100, 10, 10, 40] };
    const order: string[] = [];
    const take = (name: keyof typeof taken) => () => {
      order.push(name);
      return Promise.resolve(taken[name].shift() ?? NaN);
    };
    const medians = await inTurns(3, { one: take('one'), other: take('other') });
    expect(medians).toEqual({ one: 2, other: 10 });
    expect(order.join(' ')).toBe(Array.from({ length: 4 }, () => 'one other').join(' '));
  });
});

describe('targets', () => {
  it('are met at their bound and missed beyond it', () => {
    const met = [atLeast(30, 'ratio', 30), atLeast(30, 'ratio', 29.9)].map((each) => each.met);
    expect(met).toEqual([true, false]);
    expect([atMost(3, 'trips', 3), atMost(3, 'trips', 3.1)].map((each) => each.met)).toEqual([
      true,
      false,
    ]);
  });
});

describe('a result', () => {
  it('is one line of JSON, with the details beside the other figures', () => {
    const line = toJson(RESULT);
    expect(line).not.toContain('\n');
    expect(JSON.parse(line)).toMatchObject({
      name: 'copy-none',
      ratio: 12.35,
      roundTrips: null,
      ratioConnected: 30,
    });
  });

  it.each([readmeTable, figuresTable])('is a row as wide as the head of its table', (table) => {
    const widths = table([RESULT])
      .split('\n')
      .map((row) => row.split('|').length);
    expect(widths).toHaveLength(3);
    expect(new Set(widths).size).toBe(1);
  });
});
