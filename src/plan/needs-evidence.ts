import type { MachineSystem } from '../domain/machine.ts';
import type { Decision } from './decide.ts';
import type { Feasibility, MachineAbilities, RemoteEvidence } from './evidence.ts';
import { labelOf } from './knowledge.ts';
import { canBeStore, canBuild } from './machines.ts';
import type { Known } from './units.ts';

/** What is known without asking anybody. */
export interface Circumstances {
  /** Those that are there. */
  readonly remotes: readonly (MachineAbilities &
    Pick<RemoteEvidence, 'id' | 'protocol' | 'outputsAccepted'>)[];
  /** Whether the local store can have builders; `unknown` where that has not been tried. */
  readonly builders: Feasibility;
  /** Whether any output is to be copied back. */
  readonly wantedBack: boolean;
  /** For which derivations are wanted; `unknown` before evaluation, which is then taken to be about what the remote offers. */
  readonly systems: Known<ReadonlySet<MachineSystem>>;
}

/** Whether there is a choice. */
export type Need =
  | { readonly kind: 'evidence' }
  /** One mode is possible, or sensible. */
  | { readonly kind: 'decided'; readonly decision: Decision };

/** Whether evidence has to be gathered. Asked before anything is: a run without a choice pays nothing for it. */
export function needsEvidence(circumstances: Circumstances): Need {
  const { remotes, builders, wantedBack, systems } = circumstances;
  const stores = remotes.filter(canBeStore);
  const label = labelOf(remotes);
  if (stores.length === 0) {
    return decided(
      'builders',
      `${label} cannot be built in as a store, so the runner's Nix builds with it`,
    );
  }
  if (wantedBack && stores.every(({ outputsAccepted }) => outputsAccepted === false)) {
    return decided(
      'builders',
      `the runner's store takes no outputs of ${label}, but has builders`,
      builders,
    );
  }
  if (builders.kind === 'impossible') {
    return decided('remote-store', `builds on ${label}, because ${builders.why}`);
  }
  const [only, ...others] = remotes;
  if (only && others.length === 0 && !wantedBack && offersAll(only, systems)) {
    return decided(
      'remote-store',
      `builds on ${label}: one remote can build it all, and nothing is wanted back`,
    );
  }
  return { kind: 'evidence' };
}

function offersAll(remote: MachineAbilities, systems: Circumstances['systems']): boolean {
  if (systems === 'unknown') return true;
  return [...systems].every((system) => canBuild(remote, { system, env: new Map() }));
}

function decided(mode: 'remote-store' | 'builders', reason: string, builders?: Feasibility): Need {
  // Where neither is possible, the store says what would have to be changed.
  const possible = builders?.kind === 'impossible' ? 'remote-store' : mode;
  return { kind: 'decided', decision: { mode: possible, reason, predictions: [] } };
}
