import type { BenchCase } from './case.ts';
import { auto } from './cases/auto.ts';
import { builders } from './cases/builders.ts';
import { copyDeep } from './cases/copy-deep.ts';
import { copyLarge } from './cases/copy-large.ts';
import { copyWide } from './cases/copy-wide.ts';
import { evaluate } from './cases/evaluate.ts';
import { noop } from './cases/noop.ts';
import { offload } from './cases/offload.ts';
import { pipe } from './cases/pipe.ts';
import { unchanged } from './cases/unchanged.ts';
import { startup } from './cases/startup.ts';

export const CASES: readonly BenchCase[] = [
  copyWide,
  copyDeep,
  copyLarge,
  noop,
  unchanged,
  offload,
  builders,
  pipe,
  startup,
  auto,
  evaluate,
];
