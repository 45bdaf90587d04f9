import { readFile } from 'node:fs/promises';
import { parseDerivation, type Derivation } from '../domain/derivation.ts';
import { isDrvPath, type DrvPath, type StorePath } from '../domain/store-path.ts';
import {
  ablePlaces,
  MOST_NEEDS,
  route,
  type Needs,
  type Offer,
  type Routed,
  type Route,
} from '../plan/route.ts';
import { outputPaths, toRealise } from '../plan/machines.ts';
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

/** A derivation that cannot be read here is for the place itself to refuse. */
export async function toRouted({ key }: Target): Promise<Routed> {
  const demand = isDrvPath(key)
    ? await readText(key)
        .then((text) => parseDerivation(text, key))
        .catch(() => undefined)
    : undefined;
  return { key, demand };
}

async function needsOf(targets: readonly Routed[], receivers: readonly Receiver[]): Promise<Needs> {
  const roots = targets.flatMap(({ key, demand }) => (demand && isDrvPath(key) ? [key] : []));
  if (roots.length === 0) return unknownNeeds;
  const closure = await derivationClosure(roots, readText).catch(() => undefined);
  if (!closure || closure.size * roots.length > MOST_NEEDS) return unknownNeeds;
  const outputs = [...closure.values()].flatMap((each) => knownPaths(each));
  const valid = await Promise.all(
    receivers.map(({ session }) => session.queryValidPaths(outputs).catch(() => undefined)),
  );
  const known = new Map<string, ReturnType<Needs>>();
  return ({ key }, place) => {
    const there = valid[place];
    if (!isDrvPath(key) || !closure.has(key) || !there) return undefined;
    const name = `${place} ${key}`;
    const needed = known.get(name) ?? toBuild(key, closure, there);
    known.set(name, needed);
    return needed;
  };
}

/** What has to be built for a derivation where these paths are valid: nothing below what is there of that which is needed. */
function toBuild(
  root: DrvPath,
  closure: DerivationClosure,
  valid: ReadonlySet<StorePath>,
): ReadonlyMap<DrvPath, Derivation> {
  const names = [...(closure.get(root)?.outputs.keys() ?? [])];
  const order = toRealise([[root, names]], { derivations: closure }, (_, derivation, wanted) => {
    const paths = outputPaths(derivation, wanted);
    return paths.every((path) => path !== undefined && valid.has(path)) ? 'skip' : 'enter';
  });
  return new Map(
    order.flatMap((path) => {
      const derivation = closure.get(path);
      return derivation ? [[path, derivation] as const] : [];
    }),
  );
}

function knownPaths({ outputs }: Derivation): readonly StorePath[] {
  return [...outputs.values()].filter((path) => path !== undefined);
}
