import type { AttrPath } from '../domain/attr-path.ts';
import { SYSTEM_NAME_PATTERN } from '../domain/system.ts';
import { WALK } from './walk-source.ts';

/** One installable for the walk to look up and report. */
export interface WalkItem {
  readonly id: number;
  /** What the root is called; empty where it is the root of everything. */
  readonly base: AttrPath;
  /** Tried in order; the first that exists is taken. */
  readonly candidates: readonly AttrPath[];
  /** Below what was found: where to start; what comes before is another process's. Empty: all of it. */
  readonly from: AttrPath;
}

/** What the program is asked: to walk the items, or to let one known failure happen for the sake of its message. */
export interface WalkRequest {
  /** Marks our lines in the trace output; unguessable, so that no flake can forge a report. */
  readonly nonce: string;
  readonly task: 'walk' | 'explain';
  readonly items: readonly WalkItem[];
  /** For `explain`: the failing attribute below the only item; `null` if looking the item up fails. */
  readonly explain: AttrPath | null;
  /** Sets named after systems are entered for these only. */
  readonly systems: readonly string[];
  /** Functions on the way are called with default arguments, as Nix does for files and expressions. */
  readonly autoCall: boolean;
  /** Give up when `builtins.currentSystem` exists: the process was started with a made-up one. */
  readonly requirePure: boolean;
}

/** `--arg NAME EXPR` and `--argstr NAME TEXT` as Nix expressions by name. */
export type AutoArguments = ReadonlyMap<string, string>;

/** Flake outputs whose names are systems, whatever they look like. */
const PER_SYSTEM_OUTPUTS = ['checks', 'devShells', 'legacyPackages', 'packages'];

/**
 * The function for `nix eval --apply` that walks attributes one after the other and reports each by `builtins.trace`:
 * what it begins, and what came of it. So results arrive as they are made, and when the process dies of something that
 * `tryEval` cannot catch, the last attribute begun is the one that failed.
 */
export function walkProgram(request: WalkRequest, autoArguments: AutoArguments): string {
  const constants = {
    systemName: SYSTEM_NAME_PATTERN,
    perSystemOutputs: request.autoCall ? [] : PER_SYSTEM_OUTPUTS,
  };
  const json = nixString(JSON.stringify({ ...request, ...constants }));
  const args = [...autoArguments].map(([name, value]) => `${nixString(name)} = (${value}\n);`);
  return `(${WALK}) (builtins.fromJSON ${json}) { ${args.join(' ')} }`;
}

/** A Nix string literal for any text without NUL. */
export function nixString(text: string): string {
  return `"${text.replace(/["\\$]/g, '\\$&').replaceAll('\r', '\\r')}"`;
}
