/** What evaluation may take of a machine. */
export interface Resources {
  /** How many processes may run at a time. */
  readonly cores: number;
  /** Bytes that all of them together may take. */
  readonly memory: number;
}

/** Below this much memory for each, in bytes, fewer processes are started: a set of packages or machines is rarely content with less. */
const SHARE = 2 ** 30;

/** What no process is replaced below, in bytes, however little memory there is: starting costs more. */
const LEAST = 256 * 2 ** 20;

/** How many processes evaluate at a time, where there is enough to do. */
export function mostWorkers({ cores, memory }: Resources): number {
  return Math.max(1, Math.min(cores, Math.floor(memory / SHARE)));
}

/** How far one process has got, in seconds and attributes. */
export interface Progress {
  /** From its start until it was under way. */
  readonly startUp: number;
  /** Since then. */
  readonly working: number;
  /** Since then. */
  readonly done: number;
  /** What is known to lie before it; in sets that were not entered yet may be more. */
  readonly remaining: number;
}

/** Seconds until it is done. The attribute that it is at counts, so that slow ones are seen while the first is being evaluated. */
export function secondsLeft({ working, done, remaining }: Progress): number {
  return (remaining * working) / Math.max(done, 1);
}

/**
 * Whether another process should take half of what one has before it. That one evaluates again what attributes share, and that takes
 * some time until it is of any use.
 * @param gain seconds that there should be to gain
 */
export function isWorthSharing(progress: Progress, gain: number): boolean {
  if (progress.remaining === 0) return false;
  return secondsLeft(progress) / 2 > progress.startUp + gain;
}

/** What a process takes. */
export interface Usage {
  readonly bytes: number;
  /** After its first attribute: what it takes at any rate. */
  readonly atFirst: number | undefined;
}

/** Whether there is memory for one more, if that takes as much as the largest. */
export function hasRoom(usages: readonly Usage[], { memory }: Resources): boolean {
  const bytes = usages.map((usage) => usage.bytes);
  return sum(bytes) + Math.max(...bytes, 0) <= memory;
}

/** Whether a process should make place for a fresh one, between two attributes: Nix gives memory back only at its end. */
export function isWornOut({ bytes, atFirst }: Usage, resources: Resources): boolean {
  const share = Math.max(resources.memory / mostWorkers(resources), LEAST);
  return atFirst !== undefined && bytes > share && bytes > 2 * atFirst;
}

/** Whether all together take more than they may. */
export function isTooMuch(usages: readonly Usage[], { memory }: Resources): boolean {
  return sum(usages.map(({ bytes }) => bytes)) > memory;
}

/**
 * Who has to go where all together take more than they may: the largest. Nobody where there is only one: that there is no memory left is
 * for the kernel to say then, as what we know is an estimate, and stock Nix would not end either.
 * @returns its index
 */
export function excess(usages: readonly Usage[], resources: Resources): number | undefined {
  if (usages.length < 2 || !isTooMuch(usages, resources)) return undefined;
  const bytes = usages.map((usage) => usage.bytes);
  return bytes.indexOf(Math.max(...bytes));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
