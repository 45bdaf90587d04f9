import type { Greeting, Trust } from '../../domain/daemon.ts';
import type { ActionError } from '../../domain/errors.ts';
import { formatBytes } from '../../domain/format.ts';
import { stageFindings } from './stages.ts';
import { versionFinding } from './versions.ts';

/** What is looked at, in the order in which a connection comes by it. */
export const CHECKS = [
  'DNS',
  'TCP',
  'host key',
  'authentication',
  'Nix',
  'protocol',
  'trust',
  'systems',
  'features',
  'free disk',
  'round trip',
  'throughput',
] as const;

export type Check = (typeof CHECKS)[number];

/** `noted`: it works, and may surprise. `unknown`: nobody was asked, or nobody may be; never a guess. */
export type Verdict = 'good' | 'noted' | 'bad' | 'unknown';

export interface Finding {
  readonly verdict: Verdict;
  /** One line. */
  readonly text: string;
}

export type Findings = Readonly<Record<Check, Finding>>;

/** What a remote is to do. */
export interface Wanted {
  readonly transport: 'ssh2' | 'openssh';
  /** Whether it is a store that we speak with, or a machine that the local Nix builds on. */
  readonly use: 'store' | 'builder';
  readonly protocol: 'ssh' | 'ssh-ng';
  /** What the workflow says that it builds for; empty: it says nothing. */
  readonly systems: readonly string[];
  readonly features: readonly string[];
  /** What something is to be built for. */
  readonly system: string | undefined;
  /** The runner's Nix; undefined: not asked. */
  readonly localNix: string | undefined;
}

/** What a remote answered; what is left out was not asked, or not answered. */
export interface Answers {
  /** Whether SSH has let us in. */
  readonly isConnected: boolean;
  /** What ended it. */
  readonly error?: ActionError | undefined;
  readonly greeting?: Greeting | undefined;
  readonly trust?: Trust | undefined;
  readonly systems?: readonly string[] | undefined;
  readonly features?: readonly string[] | undefined;
  readonly freeBytes?: number | undefined;
  readonly roundTripMs?: number | undefined;
  /** Bytes a second. */
  readonly up?: number | undefined;
  readonly down?: number | undefined;
}

const GIBIBYTE = 2 ** 30;

export const UNKNOWN: Finding = { verdict: 'unknown', text: 'not asked' };

/** What the answers mean. */
export function findingsOf(answers: Answers, wanted: Wanted): Findings {
  const { greeting } = answers;
  return {
    ...stageFindings(answers, wanted),
    Nix: versionFinding(answers, wanted),
    protocol: greeting ? protocolFinding(greeting) : UNKNOWN,
    trust: trustFinding(answers.trust, wanted),
    systems: systemsFinding(answers.systems, wanted),
    features: featuresFinding(answers.features, wanted),
    'free disk': diskFinding(answers.freeBytes),
    'round trip': good(answers.roundTripMs, (ms) => `${ms.toFixed(ms < 10 ? 1 : 0)} ms`),
    throughput: throughputFinding(answers),
  };
}

function good<T>(value: T | undefined, text: (value: T) => string): Finding {
  return value === undefined ? UNKNOWN : { verdict: 'good', text: text(value) };
}

function protocolFinding({ protocolVersion }: Greeting): Finding {
  return { verdict: 'good', text: `${protocolVersion >> 8}.${protocolVersion & 0xff}` };
}

function trustFinding(trust: Trust | undefined, { use }: Wanted): Finding {
  if (trust === 'trusted') return { verdict: 'good', text: 'trusted' };
  if (trust !== 'untrusted') return { verdict: 'unknown', text: 'its Nix does not say' };
  return use === 'store'
    ? { verdict: 'good', text: 'not trusted, which a store need not be' }
    : {
        verdict: 'noted',
        text: 'not trusted: takes inputs that it can substitute, or that are signed',
      };
}

function systemsFinding(systems: readonly string[] | undefined, wanted: Wanted): Finding {
  const named = wanted.systems.filter((each) => each !== 'builtin');
  const needed = [...new Set([...named, ...(named.length === 0 ? list(wanted.system) : [])])];
  if (systems === undefined) return UNKNOWN;
  const missing = needed.filter((each) => !systems.includes(each));
  const has = systems.join(', ');
  if (missing.length === 0) return { verdict: 'good', text: has };
  const what = `${has}; not ${missing.join(', ')}`;
  const why = named.length > 0 ? 'which the workflow says it builds for' : 'which is wanted';
  // Whoever has others build, or registers binfmt, need not say so in extra-platforms.
  return { verdict: 'noted', text: `${what}, ${why}: set extra-platforms in its nix.conf` };
}

function featuresFinding(features: readonly string[] | undefined, wanted: Wanted): Finding {
  if (features === undefined) return UNKNOWN;
  const missing = wanted.features.filter((each) => !features.includes(each));
  const has = features.length === 0 ? 'none' : features.join(', ');
  if (missing.length === 0) return { verdict: 'good', text: has };
  const text = `${has}; not ${missing.join(', ')}, which the workflow says it has: add it to system-features in its nix.conf`;
  return { verdict: 'bad', text };
}

function diskFinding(bytes: number | undefined): Finding {
  if (bytes === undefined) return UNKNOWN;
  const text = `${formatBytes(bytes)} for /nix/store`;
  if (bytes < GIBIBYTE) return { verdict: 'bad', text: `${text}: run nix-collect-garbage there` };
  return { verdict: bytes < 5 * GIBIBYTE ? 'noted' : 'good', text };
}

function throughputFinding({ up, down }: Answers): Finding {
  if (up === undefined && down === undefined) return UNKNOWN;
  const rate = (bytes: number | undefined): string =>
    bytes === undefined ? 'unknown' : `${formatBytes(bytes)}/s`;
  return { verdict: 'good', text: `at least ${rate(up)} up, ${rate(down)} down (of 1 MiB)` };
}

function list<T>(item: T | undefined): readonly T[] {
  return item === undefined ? [] : [item];
}
