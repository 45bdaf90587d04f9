import { plural } from '../domain/format.ts';
import { Assumptions } from './assumptions.ts';
import { buildersLoad } from './builders-load.ts';
import { buildableByBuilders, refusalOf } from './builders-work.ts';
import type { Evidence, Mode, RemoteId, Wanted } from './evidence.ts';
import { correctionsOf } from './history.ts';
import { Knowledge, labelOf } from './knowledge.ts';
import type { Load } from './load.ts';
import { canBeStore } from './machines.ts';
import { nothingToDo, predict, type Prediction } from './predict.ts';
import { comparison } from './reason.ts';
import { remoteStoreLoad } from './remote-store-load.ts';
import { routesOf, type Routes } from './expected-routes.ts';

/** Which mode is best, and why. */
export interface Decision {
  readonly mode: Mode;
  /** For people, a part of a sentence: `builds on ssh-ng://ci@builder, because …`. */
  readonly reason: string;
  /** Of every mode that is possible, where something could be predicted; in no order. */
  readonly predictions: readonly Prediction[];
}

/** What a mode could do. */
interface Candidate {
  readonly mode: 'remote-store' | 'builders';
  readonly does: readonly Wanted[];
  /** Undefined where it cannot do anything. */
  readonly load: Load | undefined;
  /** Why it does not do all; a part of a sentence. */
  readonly why: string | undefined;
  readonly assumptions: Assumptions;
}

/** Less of a difference is a tie: a share of the quicker one, and in seconds. */
const TIE = { share: 0.1, seconds: 1 } as const;

/**
 * Chooses a mode: `local` only where all is here; what can be done in one mode alone is done in it; else what takes less time, and on a
 * tie, or where too little is known, `remote-store`. No effects: the same evidence always makes the same choice.
 */
export function decide(evidence: Evidence): Decision {
  const knowledge = new Knowledge(evidence);
  const { wanted } = evidence.work;
  if (isAllHere(knowledge, wanted)) {
    const reason =
      wanted.length === 0
        ? 'there is nothing to build'
        : "all that is wanted is in the runner's store already";
    return { mode: 'local', reason, predictions: [nothingToDo('local')] };
  }
  const routes = routesOf(knowledge);
  const stores = storesCandidate(knowledge, routes);
  const builders = buildersCandidate(knowledge);
  const [first, second] = [stores, builders].toSorted((a, b) => b.does.length - a.does.length);
  if (first && second && first.does.length > second.does.length) {
    return onlyOne(knowledge, first, second);
  }
  return better(knowledge, stores, builders, new Set([...routes.values()].map(({ id }) => id)));
}

function isAllHere(knowledge: Knowledge, wanted: readonly Wanted[]): boolean {
  const { local } = knowledge.evidence;
  return wanted.every(({ outputs }) =>
    [...outputs.values()].every((path) => knowledge.isValid(local, path)),
  );
}

function storesCandidate(knowledge: Knowledge, routes: Routes): Candidate {
  const { remotes, work } = knowledge.evidence;
  const assumptions = new Assumptions();
  const does = [...routes.keys()];
  const load = does.length === 0 ? undefined : remoteStoreLoad(knowledge, routes, assumptions);
  const rest = work.wanted.filter((each) => !routes.has(each));
  const why = rest.length === 0 ? undefined : whyNotStores(remotes, rest);
  return { mode: 'remote-store', does, load, why, assumptions };
}

function whyNotStores(remotes: Evidence['remotes'], rest: readonly Wanted[]): string {
  const stores = remotes.filter(canBeStore);
  if (stores.length === 0) {
    const isOld = remotes.every(({ protocol }) => protocol === 'serve');
    const what = isOld
      ? 'only answers the old protocol (ssh://)'
      : 'only builds what requires its features';
    return `${labelOf(remotes)} ${what}`;
  }
  if (
    rest.some(({ back }) => back) &&
    stores.every(({ outputsAccepted }) => outputsAccepted === false)
  ) {
    return `the runner's store takes no outputs of ${labelOf(stores)}`;
  }
  return `${plural(rest.length, 'attribute')} cannot be built by one remote alone`;
}

function buildersCandidate(knowledge: Knowledge): Candidate {
  const { local, remotes, work } = knowledge.evidence;
  const assumptions = new Assumptions();
  const none = { mode: 'builders', does: [], load: undefined, assumptions } as const;
  if (local.builders.kind === 'impossible') return { ...none, why: local.builders.why };
  const refusals = remotes.map((remote) => refusalOf(remote, local));
  if (refusals.every((refusal) => refusal !== undefined))
    return { ...none, why: refusals.join('; ') };
  const does = buildableByBuilders(knowledge, work.wanted);
  const result = buildersLoad(knowledge, does, assumptions);
  if (result.kind === 'impossible') return { ...none, why: result.why };
  const rest = work.wanted.length - does.length;
  const why = rest === 0 ? undefined : `no builder can build ${plural(rest, 'attribute')}`;
  return { mode: 'builders', does, load: result.load, why, assumptions };
}

/** One mode does more than the other: seconds do not matter then. */
function onlyOne(knowledge: Knowledge, does: Candidate, other: Candidate): Decision {
  const prediction = predictionOf(knowledge, does, undefined);
  const reason = `${asked(does.mode)}, because ${other.why ?? `${other.mode} is not possible`}`;
  return { mode: does.mode, reason, predictions: prediction ? [prediction] : [] };
}

function better(
  knowledge: Knowledge,
  stores: Candidate,
  builders: Candidate,
  storeIds: ReadonlySet<RemoteId>,
): Decision {
  const { remotes } = knowledge.evidence;
  if (!stores.load || !builders.load) {
    // Neither can do anything, and the one that asks all at once says why, attribute by attribute.
    return { mode: 'remote-store', reason: 'no mode can build any of it', predictions: [] };
  }
  const silent = silentSides(knowledge.evidence);
  if (silent.length > 0) {
    const reason = `${asked('remote-store')}, because ${silent.join(', ')} did not say in time what is there`;
    return { mode: 'remote-store', reason, predictions: [] };
  }
  const ours = predictionOf(knowledge, stores, builders.load);
  const theirs = predictionOf(knowledge, builders, stores.load);
  if (!ours || !theirs) throw new Error('a load without a prediction');
  const margin = Math.max(TIE.seconds, theirs.seconds.expected * TIE.share);
  const mode =
    theirs.seconds.expected + margin < ours.seconds.expected ? 'builders' : 'remote-store';
  const where = remotes.filter(({ id }) => mode === 'builders' || storeIds.has(id));
  const reason = comparison({ mode, ours, theirs, label: labelOf(where) });
  return { mode, reason, predictions: [ours, theirs] };
}

function predictionOf(
  knowledge: Knowledge,
  { mode, load, assumptions }: Candidate,
  other: Load | undefined,
): Prediction | undefined {
  if (!load || silentSides(knowledge.evidence).length > 0) return undefined;
  const correction = correctionsOf(knowledge.evidence.history)[mode];
  return predict(mode, load, other, knowledge, { assumptions, correction });
}

/** Who has not said what it has. The old protocol has no such question that we would ask. */
function silentSides({ local, remotes }: Evidence): readonly string[] {
  const silent = remotes.filter(
    ({ protocol, contents }) => protocol === 'worker' && contents === 'unknown',
  );
  return [
    ...(local.contents === 'unknown' ? ["the runner's store"] : []),
    ...silent.map(({ id }) => id),
  ];
}

function asked(mode: Mode): string {
  return mode === 'remote-store' ? 'builds in remote stores' : 'builds with remote builders';
}
