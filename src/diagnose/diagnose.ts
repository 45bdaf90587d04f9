import type { ErrorCode } from '../domain/errors.ts';
import { oneLine, withoutColour } from '../domain/text.ts';
import type { TextCause, Weight } from './cause.ts';
import { TEXT_CAUSES } from './texts/index.ts';

/** What a foreign text means. */
export interface Diagnosis {
  readonly id: string;
  readonly weight: Exclude<Weight, 'echo'>;
  readonly code: ErrorCode | undefined;
  /** The line that says so, in its own words. */
  readonly line: string;
  /** Why, and what to do: sentences. */
  readonly why: string;
  readonly remedy: string;
  /** What the patterns named: host, user, path … */
  readonly named: Readonly<Record<string, string>>;
}

/** What the reader of a diagnosis calls things. */
export interface Names {
  /** The machine whose text it is. */
  readonly machine?: string | undefined;
}

interface Match {
  readonly cause: TextCause;
  readonly index: number;
  readonly named: Readonly<Record<string, string>>;
}

/** Texts longer than this are cut: what failed first is said first. */
const MAX_TEXT = 64 * 1024;

/**
 * What is wrong, out of what Nix, OpenSSH or a shell says: the earliest real cause; without one, the earliest symptom. Echoes of other
 * failures are never blamed.
 * @param text may hold colours, and several messages
 * @returns undefined where nothing in it is known
 */
export function diagnose(text: string, names: Names = {}): Diagnosis | undefined {
  const plain = withoutColour(text.slice(0, MAX_TEXT));
  const matches = withoutConsequences(matchesOf(plain));
  const blamed =
    earliest(matches.filter(({ cause }) => cause.weight === 'cause')) ??
    earliest(matches.filter(({ cause }) => cause.weight === 'symptom'));
  return blamed && diagnosis(blamed, plain, names);
}

/** Ids of all causes whose wording is in a text; for tests of the table. */
export function idsIn(text: string): readonly string[] {
  return matchesOf(withoutColour(text)).map(({ cause }) => cause.id);
}

function matchesOf(plain: string): readonly Match[] {
  return TEXT_CAUSES.flatMap((cause) => {
    const found = cause.patterns
      .map((pattern) => pattern.exec(plain))
      .filter((each) => each !== null)
      .sort((a, b) => a.index - b.index);
    const [first] = found;
    if (first === undefined) return [];
    // What the first does not name, a later one may.
    const named: Record<string, string> = {};
    for (const { groups = {} } of found.toReversed()) Object.assign(named, definedOf(groups));
    return [{ cause, index: first.index, named }];
  });
}

/** Nix goes on after it has left out a machine, and then finds none. */
function withoutConsequences(matches: readonly Match[]): readonly Match[] {
  return matches.filter(
    ({ cause, index }) =>
      !matches.some(
        (other) => other.index < index && cause.follows?.includes(other.cause.id) === true,
      ),
  );
}

function definedOf(groups: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const entries = Object.entries(groups).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return Object.fromEntries(entries);
}

function earliest(matches: readonly Match[]): Match | undefined {
  return matches.toSorted((a, b) => a.index - b.index)[0];
}

function diagnosis({ cause, index, named }: Match, plain: string, names: Names): Diagnosis {
  const { id, weight, code, why, remedy } = cause;
  const start = plain.lastIndexOf('\n', index) + 1;
  const end = plain.indexOf('\n', index);
  const words = { ...named, machine: names.machine ?? named['machine'] ?? 'that machine' };
  return {
    ...{ id, code, named },
    weight: weight === 'cause' ? 'cause' : 'symptom',
    line: oneLine(plain.slice(start, end === -1 ? undefined : end)),
    why: filledIn(why, words),
    remedy: filledIn(remedy, words),
  };
}

/** `{user}` becomes what the pattern named so; what it did not name becomes `…`. */
function filledIn(text: string, words: Readonly<Record<string, string>>): string {
  return text.replace(/\{([a-z]+)\}/gi, (_, name: string) => oneLine(words[name] ?? '…', 300));
}
