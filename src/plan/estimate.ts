/** An amount that is not known exactly, in whatever unit its name says. */
export interface Estimate {
  /** What is certain. */
  readonly least: number;
  /** What decides: what is certain, and assumptions for the rest. */
  readonly expected: number;
  /** `unbounded` where nothing that is known sets a limit. */
  readonly most: number | 'unbounded';
}

export const NOTHING: Estimate = { least: 0, expected: 0, most: 0 };

export function exactly(amount: number): Estimate {
  return { least: amount, expected: amount, most: amount };
}

/** Something of which nothing is known but what is usual. */
export function assumed(usual: number): Estimate {
  return { least: 0, expected: usual, most: 'unbounded' };
}

/** By how much what is the same by name differs from one time to the next, up or down. */
const LIKELY = 2;

/** As it was the last time. */
export function likely(amount: number): Estimate {
  return { least: amount / LIKELY, expected: amount, most: amount * LIKELY };
}

export function sum(estimates: Iterable<Estimate>): Estimate {
  let [least, expected] = [0, 0];
  let most: Estimate['most'] = 0;
  for (const each of estimates) {
    least += each.least;
    expected += each.expected;
    most = most === 'unbounded' || each.most === 'unbounded' ? 'unbounded' : most + each.most;
  }
  return { least, expected, most };
}

export function scaled({ least, expected, most }: Estimate, factor: number): Estimate {
  return {
    least: least * factor,
    expected: expected * factor,
    most: most === 'unbounded' ? most : most * factor,
  };
}
