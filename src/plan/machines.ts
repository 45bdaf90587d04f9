import { isAble, type Demand } from '../domain/abilities.ts';
import { requiredSystemFeatures } from '../domain/derivation.ts';
import { isDrvPath, type DrvPath, type StorePath } from '../domain/store-path.ts';
import type { MachineAbilities, RemoteEvidence, Step, Wanted, Work } from './evidence.ts';

/** Whether Nix would ask a machine to build a derivation (machines.cc, `Machine::mandatoryMet`). */
export function canBuild(machine: MachineAbilities, demand: Demand): boolean {
  const { systems, features, mandatoryFeatures } = machine;
  const all = features && new Set([...features, ...mandatoryFeatures]);
  if (!isAble(demand, { systems, features: all })) return false;
  if (mandatoryFeatures.size === 0) return true;
  const required = requiredSystemFeatures(demand);
  return [...mandatoryFeatures].every((each) => required.includes(each));
}

/** Whether a remote's store can build by itself: it speaks the worker protocol, and is not set aside for builds that require something. */
export function canBeStore({
  protocol,
  mandatoryFeatures,
}: Pick<RemoteEvidence, 'protocol' | 'mandatoryFeatures'>): boolean {
  return protocol === 'worker' && mandatoryFeatures.size === 0;
}

/** How a walk goes on: into a derivation's inputs, or not, for its outputs are there. */
export type Visit = 'enter' | 'skip';

/**
 * Derivations that have to be realised to have the outputs of these, dependencies first.
 * @param visit says of a derivation, and of which outputs of it are needed, whether it has to be
 */
export function toRealise<Each extends Pick<Step, 'inputDrvs'>>(
  roots: Iterable<readonly [DrvPath, readonly string[]]>,
  { derivations }: { readonly derivations: ReadonlyMap<DrvPath, Each> },
  visit: (drvPath: DrvPath, step: Each, outputs: readonly string[]) => Visit,
): readonly DrvPath[] {
  const order: DrvPath[] = [];
  const entered = new Set<DrvPath>();
  /** A stack of our own: chains are deeper than that of JavaScript. `leave` comes after all inputs. */
  const stack: (
    | { readonly kind: 'need'; readonly drvPath: DrvPath; readonly outputs: readonly string[] }
    | { readonly kind: 'leave'; readonly drvPath: DrvPath }
  )[] = [...roots].map(([drvPath, outputs]) => ({ kind: 'need', drvPath, outputs }));
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { drvPath } = top;
    if (top.kind === 'leave') {
      order.push(drvPath);
      continue;
    }
    const step = derivations.get(drvPath);
    if (!step || entered.has(drvPath) || visit(drvPath, step, top.outputs) === 'skip') continue;
    entered.add(drvPath);
    stack.push({ kind: 'leave', drvPath });
    for (const [input, outputs] of step.inputDrvs) {
      stack.push({ kind: 'need', drvPath: input, outputs });
    }
  }
  return order;
}

/** Where a walk begins: the derivations that are wanted. Store paths that were asked for by themselves have none. */
export function rootsOf(
  wanted: readonly Wanted[],
): readonly (readonly [DrvPath, readonly string[]])[] {
  return wanted.flatMap(({ key, outputs }) =>
    isDrvPath(key) ? [[key, [...outputs.keys()]] as const] : [],
  );
}

/** Paths of these outputs; `undefined` for one that is known only when it is built. */
export function outputPaths(
  step: Pick<Step, 'outputs'>,
  names: readonly string[],
): readonly (StorePath | undefined)[] {
  return names.map((name) => step.outputs.get(name));
}

/** How many of these depend on each other in a row; they come in order, dependencies first. */
export function depthOf(
  drvPaths: Iterable<DrvPath>,
  { derivations }: Pick<Work, 'derivations'>,
): number {
  const depths = new Map<DrvPath, number>();
  let deepest = 0;
  for (const drvPath of drvPaths) {
    let below = 0;
    for (const input of derivations.get(drvPath)?.inputDrvs.keys() ?? []) {
      below = Math.max(below, depths.get(input) ?? 0);
    }
    depths.set(drvPath, below + 1);
    deepest = Math.max(deepest, below + 1);
  }
  return deepest;
}

/**
 * Those of the targets that need none of what cannot be built, in one pass over all derivations.
 * @param order of what has to be built, dependencies first
 */
export function possibleOf(
  wanted: readonly Wanted[],
  order: Iterable<DrvPath>,
  { derivations }: Pick<Work, 'derivations'>,
  isPossible: (step: Step) => boolean,
): readonly Wanted[] {
  const impossible = new Set<StorePath>();
  for (const drvPath of order) {
    const step = derivations.get(drvPath);
    if (!step) continue;
    const needs = [...step.inputDrvs.keys()].some((input) => impossible.has(input));
    if (needs || !isPossible(step)) impossible.add(drvPath);
  }
  return wanted.filter(({ key }) => !impossible.has(key));
}
