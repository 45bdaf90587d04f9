import type { Installable } from '../domain/installable.ts';
import { machineName, machineOfStore } from '../domain/machine.ts';
import { readGitTree, type GitTree } from '../nix/git-tree.ts';
import { localFolder } from '../nix/flake-folder.ts';
import { nixVersion, type NixVersion } from '../nix/version.ts';
import { writtenSettings } from '../nix/written-settings.ts';
import { fingerprintOf } from '../plan/fingerprint.ts';
import {
  obstacleInTree,
  obstacleInRequest,
  obstacleInSettings,
  settingsOfEvaluation,
  variablesOfEvaluation,
} from '../plan/skipping.ts';
import type { StepContext, StepRequest } from './step-request.ts';

/** What a step's evaluation is known by from one run to the next. */
export type Identity =
  | { readonly kind: 'known'; readonly fingerprint: string }
  /** Nobody asked for what could be skipped. */
  | { readonly kind: 'never' }
  /** Why it cannot be skipped. */
  | { readonly kind: 'obstacle'; readonly why: string };

/**
 * Finds out whether what this step evaluates always comes to the same, and what that hangs on. Runs git; no Nix where none is installed
 * yet.
 */
export async function identifyEvaluation(
  request: StepRequest,
  context: StepContext,
): Promise<Identity> {
  const { destination, source, installables, evalArgs, copy, rebuild } = request;
  const { mode } = destination;
  const wantedBack = copy.kind !== 'none';
  const { isSealed } = context.kept;
  const isPushed = request.push !== undefined || request.retain !== undefined;
  const asked = { mode, source, installables, evalArgs, wantedBack, rebuild, isPushed, isSealed };
  if (obstacleInRequest(asked) !== undefined) return { kind: 'never' };
  const version = await versionOfNix(context);
  const [trees, settings] = await Promise.all([
    treesOf(request, context),
    writtenSettings(context.env, version, request.nixConf.extraConfig),
  ]);
  if (typeof trees === 'string') return { kind: 'obstacle', why: trees };
  const why =
    settings === undefined ? 'nix.conf is not all in one file' : obstacleInSettings(settings);
  if (settings === undefined || why !== undefined) return { kind: 'obstacle', why: why ?? '' };
  const fingerprint = fingerprintOf({
    installables: trees,
    system: request.system,
    runnerSystem: context.runnerSystem,
    nix: version.line,
    settings: settingsOfEvaluation(settings),
    variables: variablesOfEvaluation(context.env),
    stores: storesOf(request),
  });
  return { kind: 'known', fingerprint };
}

/** The one that is there, else the one that would be installed. */
function versionOfNix({ nix, env, signal, temporaryDirectory }: StepContext): Promise<NixVersion> {
  if (nix.coming) return Promise.resolve(nix.coming);
  return nixVersion({ nix: 'nix', env, signal, workingDirectory: temporaryDirectory });
}

function storesOf({ destination }: StepRequest): readonly string[] {
  const stores = 'stores' in destination ? destination.stores : [];
  return stores.map((store) => machineName(machineOfStore(store)));
}

interface Placed {
  readonly text: string;
  readonly tree: GitTree;
}

/** @returns why one of them cannot be used, if one cannot */
async function treesOf(
  { installables, workingDirectory }: StepRequest,
  { env, signal, temporaryDirectory }: StepContext,
): Promise<readonly Placed[] | string> {
  const folders = installables.map((each) => folderOf(each, workingDirectory));
  const known = new Map<string, GitTree>();
  for (const folder of new Set(folders)) {
    const read = await readGitTree(folder, { env, signal, temporaryDirectory });
    if (read.kind === 'unknown') return read.why;
    const obstacle = obstacleInTree(read.tree);
    if (obstacle !== undefined) return obstacle;
    known.set(folder, read.tree);
  }
  return installables.flatMap(({ text }, index) => {
    const tree = known.get(folders[index] ?? '');
    return tree ? [{ text, tree }] : [];
  });
}

function folderOf(installable: Installable, workingDirectory: string): string {
  const folder =
    installable.kind === 'flake' ? localFolder(installable.flakeRef, workingDirectory) : undefined;
  return folder ?? workingDirectory;
}
