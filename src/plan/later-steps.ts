import type { Feasibility, RemoteEvidence } from './evidence.ts';
import { labelOf } from './knowledge.ts';
import { canBeStore } from './machines.ts';

/** Who serves Nix in later steps, and how. */
export interface LaterSteps<Remote> {
  /** Behind the offload socket. */
  readonly stores: readonly Remote[];
  readonly builders: readonly Remote[];
  /** In neither way, with why: a part of a sentence. */
  readonly left: readonly { readonly remote: Remote; readonly why: string }[];
  /** For people, a sentence without its end. */
  readonly reason: string;
}

/** What decides it of a remote. */
export type LaterRemote = Pick<
  RemoteEvidence,
  'id' | 'protocol' | 'mandatoryFeatures' | 'outputsAccepted'
>;

/**
 * What `auto` means without installables, where nothing is known of the work: the offload socket for remotes that can be stores, so that
 * no input passes the runner; builders for the rest.
 */
export function forLaterSteps<Remote extends LaterRemote>(
  remotes: readonly Remote[],
  builders: Feasibility,
): LaterSteps<Remote> {
  const stores = remotes.filter((remote) => canBeStore(remote) && remote.outputsAccepted !== false);
  const rest = remotes.filter((remote) => !stores.includes(remote));
  const canHaveBuilders = builders.kind !== 'impossible';
  const left =
    builders.kind === 'impossible' ? rest.map((remote) => ({ remote, why: builders.why })) : [];
  const served = { stores, builders: canHaveBuilders ? rest : [] };
  return { ...served, left, reason: reasonOf(served, left) };
}

function reasonOf(
  { stores, builders }: Pick<LaterSteps<LaterRemote>, 'stores' | 'builders'>,
  left: LaterSteps<LaterRemote>['left'],
): string {
  const parts = [
    stores.length > 0 ? `later steps build on ${labelOf(stores)} through the offload socket` : '',
    builders.length > 0 ? `${labelOf(builders)} as remote builders, ${whyBuilders(builders)}` : '',
    ...left.map(({ remote, why }) => `${remote.id} is left out, because ${why}`),
  ];
  return parts.filter((part) => part !== '').join('; ');
}

function whyBuilders(remotes: readonly LaterRemote[]): string {
  const isStore = remotes.every(canBeStore);
  return isStore
    ? "for the runner's store takes no outputs otherwise"
    : 'for not every remote is a store that can build by itself';
}
