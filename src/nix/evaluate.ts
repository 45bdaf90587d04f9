import { ActionError } from '../domain/errors.ts';
import { flakeCandidates, type FlakeInstallable, type Installable } from '../domain/installable.ts';
import type { System } from '../domain/system.ts';
import { attributesOf } from './evaluated-attributes.ts';
import { evaluationFailure } from './evaluation-failure.ts';
import type { EvaluatedAttribute, Evaluation } from './evaluation.ts';
import { nixVersion } from './version.ts';
import { type FreshItem, walkAll } from './walk-all.ts';
import { type EvaluationSource, flakeAttribute, flakeRoot, sourceRoot } from './walk-root.ts';
import type { EvalSetup, WalkRoot } from './walk.ts';

/** What to evaluate, and how. */
export interface EvaluationRequest extends EvalSetup {
  readonly installables: readonly Installable[];
  readonly source: EvaluationSource;
  /** What an installable without a system resolves for. */
  readonly system: System;
  /** The systems whose attributes an expanded set is searched for. */
  readonly systems: readonly System[];
}

/**
 * Evaluates every installable with one `nix eval` for each flake (or for the file or expression), pure or impure as
 * `nix build` with the same arguments would be, and expands attribute sets to the derivations in them.
 *
 * A missing or outdated lock file is written, as stock Nix does: it becomes part of the flake's source, and so of what is
 * built. `--no-write-lock-file` in `evalArgs` leaves the checkout alone.
 *
 * @throws ActionError `nix-missing`, `cancelled` or `input-invalid`. What fails to evaluate is a result.
 */
export async function evaluate(request: EvaluationRequest): Promise<Evaluation> {
  const evaluated = new Map<Installable, readonly EvaluatedAttribute[]>();
  for (const group of groupsOf(request.installables)) {
    for (const [installable, attributes] of await evaluateGroup(request, group)) {
      evaluated.set(installable, attributes);
    }
  }
  return { attributes: request.installables.flatMap((each) => evaluated.get(each) ?? []) };
}

type Evaluated = ReadonlyMap<Installable, readonly EvaluatedAttribute[]>;

/** Installables that one process can evaluate together. */
type Group =
  | { readonly kind: 'flake'; readonly flakeRef: string; readonly members: FlakeInstallable[] }
  | { readonly kind: 'source'; readonly members: Installable[] };

function groupsOf(installables: readonly Installable[]): readonly Group[] {
  const flakes = new Map<string, Group & { kind: 'flake' }>();
  const source: Group = { kind: 'source', members: [] };
  for (const installable of installables) {
    if (installable.kind === 'flake') {
      const { flakeRef } = installable;
      const group = flakes.get(flakeRef) ?? { kind: 'flake', flakeRef, members: [] };
      group.members.push(installable);
      flakes.set(flakeRef, group);
    } else if (installable.kind === 'attribute') {
      source.members.push(installable);
    }
  }
  return source.members.length === 0 ? [...flakes.values()] : [...flakes.values(), source];
}

async function evaluateGroup(request: EvaluationRequest, group: Group): Promise<Evaluated> {
  if (group.kind === 'flake') {
    return evaluateFlake(request, group.flakeRef, group.members);
  }
  if (request.source.kind === 'flake') {
    throw new ActionError('internal', 'attribute paths without a file or expression');
  }
  const root = sourceRoot(request.source, request.evalArgs);
  const { evaluated } = await evaluateBelow(request, root, group.members, (installable) =>
    installable.kind === 'attribute' ? [installable.attrPath] : [],
  );
  return evaluated;
}

async function evaluateFlake(
  request: EvaluationRequest,
  flakeRef: string,
  members: readonly FlakeInstallable[],
): Promise<Evaluated> {
  const root = flakeRoot(flakeRef, await nixVersion(request), request.system);
  if (!(root.requirePure && request.evalArgs.includes('--impure'))) {
    const outcome = await evaluateBelow(request, root, members, ({ fragment }) =>
      flakeCandidates(fragment, request.system),
    );
    if (!outcome.impure) return outcome.evaluated;
  }
  return evaluateOneByOne(request, members);
}

/** The slow way, a process each, where Nix gives no access to the flake's root. */
async function evaluateOneByOne(
  request: EvaluationRequest,
  members: readonly FlakeInstallable[],
): Promise<Evaluated> {
  const all = new Map<Installable, readonly EvaluatedAttribute[]>();
  for (const member of members) {
    const root = flakeAttribute(member.flakeRef, member.fragment);
    const { evaluated } = await evaluateBelow(request, root, [member], () => [[]]);
    for (const [installable, attributes] of evaluated) all.set(installable, attributes);
  }
  return all;
}

async function evaluateBelow<Member extends Installable>(
  request: EvaluationRequest,
  root: WalkRoot,
  members: readonly Member[],
  candidatesOf: (member: Member) => FreshItem['candidates'],
): Promise<{ evaluated: Evaluated; impure: boolean }> {
  const evaluated = new Map<Installable, readonly EvaluatedAttribute[]>();
  const items = members.map((member, id) => ({ id, candidates: candidatesOf(member) }));
  for (const chunk of chunksOf(items)) {
    const { report, unreached, impure } = await walkAll(request, root, request.systems, chunk);
    if (impure) return { evaluated, impure };
    for (const item of chunk) {
      const installable = members[item.id];
      if (installable === undefined) continue;
      const attributes = unreached?.ids.includes(item.id)
        ? [evaluationFailure(installable, installable.text, unreached.error, undefined)]
        : attributesOf(installable, item, report.item(item.id), request.systems);
      evaluated.set(installable, attributes);
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
