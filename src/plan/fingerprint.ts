import { createHash } from 'node:crypto';
import type { GitTree } from '../nix/git-tree.ts';
import { seesCommit } from './commit-in-sight.ts';
import { readLockFile } from './flake-lock.ts';

/** Goes up whenever what is kept, or what it hangs on, changes its meaning. */
const FORMAT = 2;

/** All that a pure evaluation of locked flakes hangs on. */
export interface EvaluationFacts {
  /** What is asked for, as it was written, each with the work tree that its flake is in. */
  readonly installables: readonly { readonly text: string; readonly tree: GitTree }[];
  /** What an installable without a system resolves for, as far as that is known before anybody is asked. */
  readonly system: string | undefined;
  readonly runnerSystem: string;
  /** Who evaluates, as it says itself: `nix (Nix) 2.34.8`. */
  readonly nix: string;
  /** Of `settingsOfEvaluation`. */
  readonly settings: readonly string[];
  /** Of `variablesOfEvaluation`. */
  readonly variables: readonly string[];
  /** For people, without secrets; which systems they build for is found out later. */
  readonly stores: readonly string[];
}

/** A name for all of it: the same for the same facts, and for no others. 64 hexadecimal digits. */
export function fingerprintOf({ installables, ...facts }: EvaluationFacts): string {
  const seen = installables.map(({ text, tree }) => ({ text, ...seenBy(tree) }));
  return sha256(JSON.stringify([FORMAT, seen, Object.entries(facts)]));
}

/** A name for a list of words, in their order. */
export function digestOf(words: readonly string[]): string {
  return sha256(JSON.stringify(words)).slice(0, 16);
}

/**
 * What a flake sees of its checkout: the tree, and in `self.rev`, `self.lastModified` and `self.revCount` the commit. The last is not
 * there in a shallow clone.
 */
function seenBy({ tree, folder, commit, isShallow, flakeText = '', lockText }: GitTree): object {
  const leadsBack = lockText !== undefined && readLockFile(lockText).leadsBack;
  const isCommitSeen = leadsBack || seesCommit(flakeText);
  return { tree, folder, ...(isCommitSeen && { commit, isShallow }) };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
