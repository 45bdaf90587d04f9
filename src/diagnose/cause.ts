import type { ErrorCode } from '../domain/errors.ts';

/** The chapters of docs/troubleshooting.md, in its order. */
export const CHAPTERS = [
  'Inputs',
  'Reaching the builder',
  "The builder's Nix",
  'Installing Nix',
  'The Nix of the runner',
  'Evaluating',
  'Which machine builds',
  'Building',
  'Uploading',
  'Copying back',
  'Pushing',
  'While it runs',
  'Later steps',
] as const;

export type Chapter = (typeof CHAPTERS)[number];

/** Where a test is that makes it happen with real parts, from the repository's root; `captured`: only the wording is tested. */
export type Shown = `__tests__/${string}.test.ts` | 'captured';

/** Why something fails, as a person looks it up. Texts are Markdown without line breaks. */
interface Described {
  /** A word for tests and links; unique. */
  readonly id: string;
  readonly chapter: Chapter;
  /** Why it is so. */
  readonly why: string;
  /** What to do, and on which machine: the exact line, setting or command. */
  readonly remedy: string;
  readonly shown: Shown;
}

/** A failure that our own client found: it has a code, and brings its hint along. */
export interface ClientCause extends Described {
  readonly source: 'client';
  /** undefined: a warning, which is of no code. */
  readonly code: ErrorCode | undefined;
  /** What stays the same of the message; `…` stands for the rest. */
  readonly message: string;
  readonly example: string;
}

/**
 * What a text is worth among others. A `cause` is one. A `symptom` says that something failed, and is blamed only where nothing says why. An
 * `echo` repeats another failure, or is of no harm: never blamed.
 */
export type Weight = 'cause' | 'symptom' | 'echo';

/** What others say: a daemon, or stock Nix, OpenSSH and shells in hooks and later steps. */
export interface TextCause extends Described {
  readonly source: 'daemon' | 'tools';
  readonly weight: Weight;
  /** What it is among our own failures; undefined: none of its own. */
  readonly code?: ErrorCode;
  /** Causes that it follows from where they were told of before: then it is an echo. */
  readonly follows?: readonly string[];
  /** How the text goes, in every version, without colours; any of them. Named groups fill in the remedy's `{name}`. */
  readonly patterns: readonly RegExp[];
  /** The message for the page's headings; `…` stands for what differs. */
  readonly message: string;
  /** As captured, one for each wording. */
  readonly examples: readonly [string, ...string[]];
}

export type Cause = ClientCause | TextCause;
