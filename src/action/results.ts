import { pushEntries } from './pushes.ts';
import { differenceEntries, type DifferenceEntry } from './differences.ts';
import type { PushReport } from '../build/push/push-request.ts';
import { isGood, type Outcome } from '../domain/outcome.ts';

/** Of each output that is a list. GitHub refuses outputs of 1 MiB and more per job; this leaves room for other steps. */
const MAX_LIST_BYTES = 100_000;

/** One entry of the `results` output. */
export interface ResultEntry {
  readonly installable: string;
  readonly attribute: string;
  readonly system: string | null;
  readonly drvPath: string | null;
  readonly outputs: Readonly<Record<string, string>>;
  readonly status: string;
  readonly remote: string | null;
  readonly seconds: number | null;
  readonly copied: boolean;
  readonly differences?: readonly DifferenceEntry[];
  /** Whether it was pushed, by store. */
  readonly pushed?: Readonly<Record<string, boolean>>;
  readonly error?: { readonly code: string; readonly message: string; readonly hint?: string };
}

export function toResultEntry(outcome: Outcome, pushes: readonly PushReport[] = []): ResultEntry {
  const { error, seconds } = outcome;
  return {
    installable: outcome.installable,
    attribute: outcome.attribute,
    system: outcome.system ?? null,
    drvPath: outcome.drvPath ?? null,
    outputs: Object.fromEntries(outcome.outputs),
    status: outcome.status,
    remote: outcome.remote ?? null,
    seconds: seconds === undefined ? null : Math.round(seconds * 1000) / 1000,
    copied: outcome.copied,
    ...differenceEntries(outcome),
    ...pushEntries(outcome, pushes),
    ...(error && {
      error: {
        code: error.code,
        message: error.message,
        ...(error.hint === undefined ? {} : { hint: error.hint }),
      },
    }),
  };
}

/**
 * A list as the JSON of an output; if that is longer than 100 kB, as many entries as fit, and a last one
 * `{"truncated": <number left out>}`.
 */
export function boundedList(entries: readonly (string | ResultEntry)[]): string {
  const whole = JSON.stringify(entries);
  if (Buffer.byteLength(whole) <= MAX_LIST_BYTES) return whole;
  const kept: string[] = [];
  let bytes = 100;
  for (const entry of entries) {
    const text = JSON.stringify(entry);
    bytes += Buffer.byteLength(text) + 1;
    if (bytes > MAX_LIST_BYTES) break;
    kept.push(text);
  }
  kept.push(JSON.stringify({ truncated: entries.length - kept.length }));
  return `[${kept.join(',')}]`;
}

/** Every output path that exists, once. */
export function existingOutputs(outcomes: readonly Outcome[]): readonly string[] {
  const paths = outcomes
    .filter((outcome) => isGood(outcome.status))
    .flatMap((outcome) => [...outcome.outputs.values()]);
  return [...new Set(paths)];
}

/** Attributes that are not there in the end. */
export function failedAttributes(outcomes: readonly Outcome[]): readonly string[] {
  return outcomes.filter((outcome) => !isGood(outcome.status)).map((outcome) => outcome.attribute);
}
