import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { aborted } from '../domain/aborted.ts';
import { toError } from '../domain/errors.ts';
import {
  hasArchives,
  keepsFetchedInputs,
  keptNames,
  lockFileOf,
  nixCacheFolder,
  packFetchedInputs,
  stateOf,
  unpackFetchedInputs,
} from '../nix/fetched-inputs.ts';
import { localFolder } from '../nix/flake-folder.ts';
import { nixVersion } from '../nix/version.ts';
import type { EvaluationStore } from './evaluation-store.ts';
import type { StepContext, StepRequest } from './step-request.ts';

/** Bytes of what was kept for another lock file: what is larger has grown over many of them, and is begun anew. */
const LARGEST_TO_BUILD_ON = 300_000_000;

/** Milliseconds that evaluating, which could begin, waits for the cache to say whether it has something. What it has is waited for. */
const PATIENCE = 1500;

type Context = Pick<StepContext, 'kept' | 'env' | 'temporaryDirectory' | 'observe' | 'signal'>;

/** What is known of inputs from earlier runs, for one evaluation. */
export interface FetchedInputs {
  /** The way to the store that evaluation takes, with what was fetched in earlier runs. */
  readonly store: Promise<EvaluationStore>;
  /** To be called when evaluation has ended well: keeps what is new. Never rejects. */
  keep(): Promise<void>;
}

/**
 * Brings back, while connections are made, what Nix has fetched for this lock file, or one before it, in an earlier run: into a folder of
 * the step's own, which Nix uses instead of that in the user's home. A machine where that has something is left as it is.
 */
export function withFetchedInputs(
  request: StepRequest,
  context: Context,
  store: Promise<EvaluationStore>,
): FetchedInputs {
  const restoring = Promise.race([
    restore(request, context, store),
    aborted(context.signal), // the cache has an end of its own, which may be later
  ]).catch((error: unknown) => {
    tell(context, 'brought back', error);
    return undefined;
  });
  return {
    store: Promise.all([store, restoring]).then(([way, restored]) =>
      restored ? { ...way, env: { ...way.env, NIX_CACHE_HOME: restored.folder } } : way,
    ),
    keep: async () => {
      const restored = await restoring;
      if (restored)
        await keep(restored, context).catch((error: unknown) => tell(context, 'kept', error));
    },
  };
}

function tell({ observe, signal }: Context, what: string, thrown: unknown): void {
  if (signal.aborted) return;
  const text = `Fetched inputs could not be ${what}: ${toError(thrown).message}`;
  observe({ kind: 'notice', text });
}

interface Restored {
  readonly key: string;
  /** Under which it was found, if it was. */
  readonly found: string | undefined;
  readonly folder: string;
  /** For the archive: a file that does not exist yet. */
  readonly file: string;
  /** Of what came out of the cache: {@link stateOf}. */
  readonly state: string;
}

/** @returns undefined where there is nothing to gain */
async function restore(
  request: StepRequest,
  context: Context,
  store: Promise<unknown>,
): Promise<Restored | undefined> {
  const { kept, env, temporaryDirectory, signal } = context;
  const locks = kept.isSealed ? await lockFiles(request) : [];
  const users = nixCacheFolder(env);
  if (locks.length === 0 || users === undefined || (await keptNames(users)).length > 0)
    return undefined;
  const version = await nixVersion({ nix: 'nix', env, signal, workingDirectory: os.tmpdir() });
  if (!keepsFetchedInputs(version)) return undefined;
  const prefix = `inputs-${version.major}.${version.minor}-`;
  const key = prefix + createHash('sha256').update(locks.join('\0')).digest('hex').slice(0, 32);
  // A step that is done again locally does this again, and the first time may not have ended.
  const own = await mkdtemp(path.join(temporaryDirectory, 'fetched-inputs-'));
  const folder = path.join(own, 'nix-cache');
  await mkdir(folder);
  const file = path.join(own, 'archive.tar');
  const found = await kept.findFile(key, file, prefix, patienceFrom(store));
  if (found === undefined) return { key, found, folder, file, state: '' };
  const isWanted = found === key || (await stat(file)).size <= LARGEST_TO_BUILD_ON;
  if (isWanted) await unpackFetchedInputs(file, folder, context);
  await rm(file);
  return { key, found, folder, file, state: await stateOf(folder) };
}

/** Fires when a store that could be evaluated in has waited for long enough. */
function patienceFrom(store: Promise<unknown>): AbortSignal {
  const end = new AbortController();
  store.then(async () => {
    await delay(PATIENCE, undefined, { ref: false });
    end.abort(new Error('it did not answer before Nix could evaluate'));
  }, toError);
  return end.signal;
}

/** Lock files, of flakes on this machine that are built, with inputs that Nix keeps. */
async function lockFiles({
  source,
  installables,
  workingDirectory,
}: StepRequest): Promise<readonly string[]> {
  if (source.kind !== 'flake') return [];
  const refs = installables.flatMap((each) => (each.kind === 'flake' ? [each.flakeRef] : []));
  const folders = new Set(refs.flatMap((ref) => localFolder(ref, workingDirectory) ?? []));
  const texts = await Promise.all([...folders].sort().map(lockFileOf));
  return texts.filter((text) => text !== undefined).filter(hasArchives);
}

async function keep(
  { key, found, folder, file, state }: Restored,
  context: Context,
): Promise<void> {
  const now = await stateOf(folder);
  if (found === key || now === '' || now === state) return;
  await packFetchedInputs(folder, file, context);
  await context.kept.keepFile(key, file);
  await rm(file);
}
