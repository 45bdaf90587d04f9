import { type AttrPath, parseAttrPath } from '../domain/attr-path.ts';
import { type FlakeInstallable, type Installable, flakeCandidates } from '../domain/installable.ts';
import type { System } from '../domain/system.ts';
import { attributeOf, attributesOf } from './evaluated-attributes.ts';
import { unreachedFailure } from './evaluation-failure.ts';
import type { EvaluatedAttribute, EvaluatedDerivation } from './evaluation.ts';
import type { NixVersion } from './version.ts';
import { walkAll } from './walk-all.ts';
import type { FreshItem } from './walk-task.ts';
import type { WalkEntry } from './walk-report.ts';
import { flakeAttribute, flakeRoot } from './walk-root.ts';
import type { EvalSetup, WalkRoot } from './walk.ts';

/** What installables come to. */
export class Evaluated {
  readonly attributes = new Map<Installable, readonly EvaluatedAttribute[]>();
  /** Systems that the expanded sets have attributes for, and that were not asked for. */
  readonly passedOver = new Set<string>();

  add(other: Evaluated): void {
    for (const [installable, attributes] of other.attributes) {
      this.attributes.set(installable, attributes);
    }
    for (const system of other.passedOver) this.passedOver.add(system);
  }
}

/** How evaluation is run, and for which systems. */
export interface WalkSetup extends EvalSetup {
  /** What an installable without a system resolves for, and `builtins.currentSystem` is in impure evaluation. */
  readonly system: System;
  /** The systems whose attributes an expanded set is searched for. */
  readonly systems: readonly System[];
  /**
   * Hears of each derivation as soon as it is evaluated, its `.drv` file in the store; in no certain order, while others still are. A few
   * that cannot be built turn out to be failures in the end.
   */
  readonly onDerivation?: ((derivation: EvaluatedDerivation) => void) | undefined;
}

/** The program and the machine that evaluate. */
export interface Evaluator {
  readonly version: NixVersion;
  readonly machine: System | undefined;
  /** See `currentSystemArguments`. */
  readonly currentSystem: readonly string[];
}

/** Evaluates installables of one flake. */
export async function evaluateFlake(
  setup: WalkSetup,
  flake: { readonly flakeRef: string; readonly members: readonly FlakeInstallable[] },
  { version, machine, currentSystem }: Evaluator,
): Promise<Evaluated> {
  const root = flakeRoot(flake.flakeRef, version, currentSystem, machine);
  if (!(root.requirePure && setup.evalArgs.includes('--impure'))) {
    const outcome = await evaluateBelow(setup, root, flake.members, ({ fragment }) =>
      flakeCandidates(fragment, setup.system),
    );
    if (!outcome.impure) return outcome.evaluated;
  }
  return evaluateOneByOne(setup, flake.members, currentSystem);
}

/**
 * The slow way, a process each, where Nix gives no access to the flake's root. Which of the places Nix found the attribute in
 * is not known then: it is called what the user called it.
 */
async function evaluateOneByOne(
  setup: WalkSetup,
  members: readonly FlakeInstallable[],
  currentSystem: readonly string[],
): Promise<Evaluated> {
  const all = new Evaluated();
  for (const member of members) {
    const root = flakeAttribute(member.flakeRef, member.fragment, currentSystem);
    const base = parseAttrPath(member.fragment);
    const { evaluated } = await evaluateBelow(setup, root, [member], () => [[]], base);
    all.add(evaluated);
  }
  return all;
}

/**
 * Evaluates installables below one root.
 * @param candidatesOf the attribute paths to try for an installable
 * @param base what the root is called
 * @returns `impure` if the root was refused: see `WalkRequest.requirePure`
 */
export async function evaluateBelow<Member extends Installable>(
  setup: WalkSetup,
  root: WalkRoot,
  members: readonly Member[],
  candidatesOf: (member: Member) => FreshItem['candidates'],
  base: AttrPath = [],
): Promise<{ evaluated: Evaluated; impure: boolean }> {
  const evaluated = new Evaluated();
  const items = members.map((member, id) => ({ id, base, candidates: candidatesOf(member) }));
  for (const chunk of chunksOf(items)) {
    const tell = (id: number, attrPath: AttrPath, entry: WalkEntry): void => {
      const installable = members[id];
      const attribute = installable && attributeOf(installable, attrPath, entry);
      if (attribute?.kind === 'derivation') setup.onDerivation?.(attribute);
    };
    const task = { root, systems: setup.systems, items: chunk, onDerivation: tell };
    const { report, stop } = await walkAll(setup, task);
    if (stop?.kind === 'impure') return { evaluated, impure: true };
    for (const system of report.passedOver) evaluated.passedOver.add(system);
    for (const item of chunk) {
      const installable = members[item.id];
      if (installable === undefined) continue;
      const attributes = stop
        ? [unreachedFailure(installable, stop.error)]
        : attributesOf(installable, item, report.item(item.id), setup.systems);
      evaluated.attributes.set(installable, attributes);
    }
  }
  return { evaluated, impure: false };
}

/** Characters of JSON; Linux takes 128 KiB as one argument, and escaping may double what is put there. */
const CHUNK_SIZE = 40_000;

function chunksOf(items: readonly FreshItem[]): readonly (readonly FreshItem[])[] {
  const chunks: FreshItem[][] = [];
  let room = 0;
  for (const item of items) {
    const size = JSON.stringify(item).length;
    const last = chunks.at(-1);
    if (last === undefined || size > room) {
      chunks.push([item]);
      room = CHUNK_SIZE - size;
    } else {
      last.push(item);
      room -= size;
    }
  }
  return chunks;
}
