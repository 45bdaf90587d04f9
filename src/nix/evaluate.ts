import { ActionError } from '../domain/errors.ts';
import type { FlakeInstallable, Installable } from '../domain/installable.ts';
import { systemOfMachine } from '../domain/system.ts';
import { Evaluated, evaluateBelow, evaluateFlake, type WalkSetup } from './evaluate-below.ts';
import type { EvaluatedAttribute, Evaluation } from './evaluation.ts';
import { refuseDynamic } from './dynamic-derivations.ts';
import { localFolder } from './flake-folder.ts';
import { trustingEnvironment } from './git-trust.ts';
import { followLinks, storePathAttribute } from './store-path-installables.ts';
import { nixVersion } from './version.ts';
import { type EvaluationSource, currentSystemArguments, sourceRoot } from './walk-root.ts';

/** What to evaluate, and how. */
export interface EvaluationRequest extends WalkSetup {
  readonly installables: readonly Installable[];
  readonly source: EvaluationSource;
  /** An existing folder; what is written there is gone at the end. */
  readonly temporaryDirectory: string;
}

/**
 * Evaluates every installable with one `nix eval` for each flake (or for the file or expression), several where that takes long, pure or
 * impure as `nix build` with the same arguments would be, and expands attribute sets to the derivations in them.
 *
 * A missing or outdated lock file is written, as stock Nix does: it becomes part of the flake's source, and so of what is
 * built. `--no-write-lock-file` in `evalArgs` leaves the checkout alone.
 *
 * @throws ActionError `nix-missing`, `cancelled` or `input-invalid`. What fails to evaluate is a result.
 */
export async function evaluate(request: EvaluationRequest): Promise<Evaluation> {
  const { workingDirectory } = request;
  const installables = await Promise.all(
    request.installables.map((each) => followLinks(each, workingDirectory)),
  );
  const groups = groupsOf(installables);
  const folders = groups.map((group) =>
    group.kind === 'flake' ? localFolder(group.flakeRef, workingDirectory) : workingDirectory,
  );
  await using trusting = await trustingEnvironment(
    request.env,
    folders.filter((folder) => folder !== undefined),
    request.temporaryDirectory,
  );
  const evaluated = await evaluateGroups({ ...request, env: trusting.env }, groups);
  const attributes = await Promise.all(installables.map((each) => attributesOf(each, evaluated)));
  return {
    attributes: await refuseDynamic(attributes.flat()),
    passedOver: evaluated.passedOver,
  };
}

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

// One after the other: an evaluator takes a core and gigabytes of memory, and where there are more of these, one root takes them all.
async function evaluateGroups(
  request: EvaluationRequest,
  groups: readonly Group[],
): Promise<Evaluated> {
  const all = new Evaluated();
  if (groups.length === 0) return all;
  const version = await nixVersion(request);
  const machine = systemOfMachine(process.arch, process.platform);
  const currentSystem = currentSystemArguments(request.system, version, machine);
  for (const group of groups) {
    const evaluated =
      group.kind === 'flake'
        ? await evaluateFlake(request, group, { version, machine, currentSystem })
        : await evaluateSource(request, group.members, currentSystem);
    all.add(evaluated);
  }
  return all;
}

async function evaluateSource(
  request: EvaluationRequest,
  members: readonly Installable[],
  currentSystem: readonly string[],
): Promise<Evaluated> {
  if (request.source.kind === 'flake') {
    throw new ActionError('internal', 'there are attribute paths, but no file or expression');
  }
  const root = sourceRoot(request.source, request.evalArgs, currentSystem);
  const { evaluated } = await evaluateBelow(request, root, members, (installable) =>
    installable.kind === 'attribute' ? [installable.attrPath] : [],
  );
  return evaluated;
}

async function attributesOf(
  installable: Installable,
  evaluated: Evaluated,
): Promise<readonly EvaluatedAttribute[]> {
  return installable.kind === 'store-path'
    ? [await storePathAttribute(installable)]
    : (evaluated.attributes.get(installable) ?? []);
}
