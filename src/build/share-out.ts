import { readFile } from 'node:fs/promises';
import { parseDerivation, type Derivation } from '../domain/derivation.ts';
import { isDrvPath, type DrvPath, type StorePath } from '../domain/store-path.ts';
import {
  ablePlaces,
  route,
  type Needs,
  type Offer,
  type Routed,
  type Route,
} from '../plan/route.ts';
import { derivationClosure, type DerivationClosure } from '../store/derivation-closure.ts';
import type { Store } from '../store/store.ts';
import type { Target } from './target.ts';

/** A place that targets may go to. */
export interface Receiver {
  /** For people. */
  readonly label: string;
  readonly offer: Offer;
  readonly session: Store;
}

/** Whether places are asked what they have; who is at work answers when that is done. */
export type Asking = 'ask' | 'do-not-ask';

const readText = (path: DrvPath): Promise<string> => readFile(path, 'utf8');

/**
 * Deals targets out to places. Where more than one place can build a target, each is asked, in one exchange, what it has of all that the
 * target needs: what is there counts for it.
 */
export async function shareOut(
  targets: readonly Target[],
  receivers: readonly Receiver[],
  asking: Asking,
): Promise<Route> {
  const offers = receivers.map(({ offer }) => offer);
  const routed = await Promise.all(targets.map(toRouted));
  const disputed = routed.filter((each) => ablePlaces(each, offers).length > 1);
  const needs = asking === 'ask' ? await needsOf(disputed, receivers) : unknownNeeds;
  return route(routed, offers, needs);
}

const unknownNeeds: Needs = () => undefined;

async function toRouted({ key }: Target): Promise<Routed> {
  if (!isDrvPath(key)) return { key, demand: undefined };
  return { key, demand: parseDerivation(await readText(key), key) };
}

async function needsOf(targets: readonly Routed[], receivers: readonly Receiver[]): Promise<Needs> {
  const roots = targets.flatMap(({ key }) => (isDrvPath(key) ? [key] : []));
  if (roots.length === 0) return unknownNeeds;
  const closure = await derivationClosure(roots, readText);
  const outputs = [...closure.values()].flatMap((each) => knownPaths(each));
  const valid = await Promise.all(receivers.map(({ session }) => session.queryValidPaths(outputs)));
  const known = new Map<string, ReadonlyMap<DrvPath, Derivation>>();
  const asked = new Set<StorePath>(roots);
  return ({ key }, place) => {
    if (!isDrvPath(key) || !asked.has(key)) return undefined;
    const name = `${place} ${key}`;
    const needed = known.get(name) ?? toBuild(key, closure, valid[place] ?? new Set());
    known.set(name, needed);
    return needed;
  };
}

/** What has to be built for a derivation where these paths are valid: nothing below an output that is there. */
function toBuild(
  root: DrvPath,
  closure: DerivationClosure,
  valid: ReadonlySet<StorePath>,
): ReadonlyMap<DrvPath, Derivation> {
  const needed = new Map<DrvPath, Derivation>();
  const reached = new Set([root]);
  for (const path of reached) {
    const derivation = closure.get(path);
    if (!derivation) continue;
    const outputs = knownPaths(derivation);
    const isThere =
      outputs.length === derivation.outputs.size && outputs.every((output) => valid.has(output));
    if (isThere) continue;
    needed.set(path, derivation);
    for (const input of derivation.inputDrvs.keys()) reached.add(input);
  }
  return needed;
}

function knownPaths({ outputs }: Derivation): readonly StorePath[] {
  return [...outputs.values()].filter((path) => path !== undefined);
}
