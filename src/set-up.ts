import * as core from '@actions/core';
import path from 'node:path';
import { fallBackWith } from './action/fallback.ts';
import type { SetUpInputs } from './action/inputs.ts';
import { socketDirectory, temporary, workspace } from './action/place.ts';
import type { Secrets } from './action/secrets.ts';
import { saveOffload } from './action/state.ts';
import { openNix } from './action/runner-nix.ts';
import { asActionError } from './domain/errors.ts';
import type { Kept } from './domain/kept.ts';
import { childEnvironment, daemonSocketPath, LOCAL_DAEMON_VARIABLE } from './nix/environment.ts';
import { MARKER_VARIABLE } from './nix/leftovers.ts';
import { makeOffloadFolder, removeOffloadFolder, type OffloadFolder } from './offload/folder.ts';
import { jobProcess } from './service/job-watch.ts';
import { startOffloadProcess, type Ready } from './service/start.ts';

/** What set-up has to go on. */
export interface SetUpContext {
  /** The text of each input that was read, by name. */
  readonly given: ReadonlyMap<string, string>;
  readonly secrets: Secrets;
  readonly marker: string;
  readonly kept: Kept;
  readonly signal: AbortSignal;
}

/**
 * Has later steps build remotely: starts a process that serves the offload socket, and tells the job of it.
 * Where there is no remote to be had, and that is covered, nothing is set up.
 * @throws ActionError with what kept it from serving; then nothing of it is left
 */
export async function setUp(inputs: SetUpInputs, context: SetUpContext): Promise<void> {
  const { request, hostChecks } = inputs;
  await haveNix(inputs, context);
  // Tunnels, a private daemon and OpenSSH make folders in it, and what does not fit there nobody would remove after a crash.
  const hasFolders = request.destination.mode === 'builders' || hostChecks.transport === 'openssh';
  const preferred = hasFolders ? '/tmp' : socketDirectory(temporary());
  const folder = await makeOffloadFolder(preferred);
  const state = { folder: folder.path, writeSummary: inputs.writeSummary };
  saveOffload({ ...state, isReady: false });
  const fallBack = fallBackWith(inputs.fallback, 'So Nix in later steps builds on the runner.');
  const ready = await start(folder, context).catch(async (error: unknown) => {
    await removeOffloadFolder(folder);
    if (context.signal.aborted || fallBack(asActionError(error)) === undefined) throw error;
    return undefined;
  });
  if (!ready) return;
  saveOffload({ ...state, isReady: true });
  const local = daemonSocketPath(childEnvironment(process.env));
  if (local !== undefined) core.exportVariable(LOCAL_DAEMON_VARIABLE, local);
  for (const [name, value] of Object.entries(ready.exports)) core.exportVariable(name, value);
  tell(ready);
}

/** The process that serves needs it from its first moment. What it is told of Nix is in our environment then. */
async function haveNix(
  { nixWanted }: SetUpInputs,
  { marker, kept, signal }: SetUpContext,
): Promise<void> {
  const env = { ...childEnvironment(process.env), [MARKER_VARIABLE]: marker };
  const { nix } = await openNix(nixWanted, env, kept, signal);
  await nix.ready();
}

/** The secrets go through a pipe: into no file, argument or environment. */
async function start(folder: OffloadFolder, context: SetUpContext): Promise<Ready> {
  const { given, secrets, marker, signal } = context;
  return startOffloadProcess({
    entry: path.resolve(path.dirname(process.argv[1] ?? ''), '../offload/index.js'),
    assignment: {
      inputs: { ...Object.fromEntries(given), ...secrets },
      workspace: workspace(),
      folder: folder.path,
      job: await jobProcess(),
    },
    env: { ...childEnvironment(process.env), ...tracking(), [MARKER_VARIABLE]: marker },
    log: folder.log,
    signal,
  });
}

/** By this variable GitHub's runner finds what a job has left behind. */
function tracking(): Readonly<Record<string, string>> {
  const id = process.env['RUNNER_TRACKING_ID'];
  return id === undefined ? {} : { RUNNER_TRACKING_ID: id };
}

function tell({ remote, detail, warnings, exports }: Ready): void {
  for (const text of warnings) core.warning(text);
  core.info(`connected to ${remote} (${detail})`);
  const way = exports['NIX_DAEMON_SOCKET_PATH'] ?? 'its remote builders';
  core.info(`Nix in later steps of this job builds there, through ${way}`);
}
