import type { Attributes } from '../lab/index.ts';
import type { AutoResult } from './auto/measure.ts';
import type { Hosts } from './hosts.ts';

/** One thing to be measured: a file in cases/, and a line in cases.ts. */
export interface BenchCase {
  readonly name: string;
  /** What is done, for the tables. */
  readonly work: string;
  /** Derivations that it needs, by attribute name; equal names of several cases are the same derivation. */
  readonly attributes: Attributes;
  /** Measures both sides. @throws LabError or ActionError when either side fails: a wrong copy has no time. */
  measure(hosts: Hosts): Promise<Figures>;
}

/** What a case found out. Times are in seconds, from the start of a process to its end. */
export interface Figures {
  readonly ours: number;
  readonly stock: number;
  /** What no program could beat: the fewest round trips, the bytes at the link's rate, and the work of the local store itself. */
  readonly limit: number;
  /** Ours, connecting included; undefined where delay is not what is measured. */
  readonly roundTrips: number | undefined;
  readonly rounds: { readonly ours: number; readonly stock: number };
  /** Further figures by name; seconds where the name does not say otherwise. */
  readonly details: Readonly<Record<string, number>>;
  readonly targets: readonly Target[];
  /** Where a case compares choices: each of them. */
  readonly scenarios?: readonly AutoResult[] | undefined;
}

/** A promise about one figure, and whether it is kept. */
export interface Target {
  readonly figure: string;
  readonly value: number;
  readonly bound: 'at least' | 'at most';
  readonly wanted: number;
  readonly met: boolean;
}

/** @param margin by what factor it may be missed */
export function isMet({ bound, value, wanted }: Target, margin: number): boolean {
  return bound === 'at least' ? value * margin >= wanted : value <= wanted * margin;
}

export function atLeast(wanted: number, figure: string, value: number): Target {
  return { figure, value, bound: 'at least', wanted, met: value >= wanted };
}

export function atMost(wanted: number, figure: string, value: number): Target {
  return { figure, value, bound: 'at most', wanted, met: value <= wanted };
}
