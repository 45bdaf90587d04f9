import { randomUUID } from 'node:crypto';

import { mayConfigureStore } from './configured-store.ts';
import { type LogLine, type NixError, parseLogLine } from './log-line.ts';
import { type NixExit, runNix } from './nix-command.ts';
import { type WalkEvent, parseWalkEvent } from './walk-events.ts';
import { type AutoArguments, type WalkRequest, walkProgram } from './walk-program.ts';

/** Which store the evaluation reads and writes: the daemon's, or the one of this user without a daemon. */
export type LocalStoreKind = 'daemon' | 'local';

/** How `nix eval` is run, the same for every walk of an evaluation. */
export interface EvalSetup {
  readonly nix: string;
  readonly evalArgs: readonly string[];
  readonly localStore: LocalStoreKind;
  readonly workingDirectory: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  /** Hears what Nix says beside its errors: warnings, traces, fetches, builds it makes in order to evaluate. */
  readonly onLog: (text: string) => void;
  /** What Nix says as people are to read it, errors included; default: as it is. */
  readonly rename?: ((text: string) => string) | undefined;
}

/** The value that a walk starts from. */
export interface WalkRoot {
  /** What follows `nix eval …` to name it. */
  readonly args: readonly string[];
  readonly autoCall: boolean;
  readonly autoArguments: AutoArguments;
  /** See {@link WalkRequest.requirePure}. */
  readonly requirePure: boolean;
}

/** What one process reported before it ended. */
export interface WalkRun {
  readonly events: readonly WalkEvent[];
  /** Why it ended early; `undefined` after a walk to the end. */
  readonly failure: NixError | undefined;
}

/** What Nix says because of how it is run here: an untrusted user may not name the store, which is the daemon's anyway. */
const OURS = /ignoring the client-specified setting '(store|eval-cache)'/;

/**
 * Runs one `nix eval` over the items.
 * @throws ActionError `nix-missing`, `cancelled`, or `internal`; an evaluation that fails is a result.
 */
export async function runWalk(
  setup: EvalSetup,
  root: WalkRoot,
  request: Omit<WalkRequest, 'nonce' | 'autoCall' | 'requirePure'>,
): Promise<WalkRun> {
  const nonce = randomUUID();
  const { autoCall, requirePure } = root;
  const program = walkProgram({ ...request, nonce, autoCall, requirePure }, root.autoArguments);
  const events: string[] = [];
  const errors: NixError[] = [];
  const { env, args } = await pinned(setup);
  const rename = setup.rename ?? ((text: string) => text);
  const exit = await runNix({
    ...setup,
    env,
    args: evalArguments(setup, args, root, program),
    onStderr: (line) => {
      const read = parseLogLine(rename(line));
      const event = eventOf(read, nonce);
      if (event !== undefined) events.push(event);
      else if (read.kind === 'error') errors.push(read.error);
      else if (read.kind === 'message' && !OURS.test(read.text)) setup.onLog(read.text);
    },
  });
  const failure = failureOf(exit, errors);
  for (const error of errors) {
    if (error !== failure) setup.onLog(`error: ${error.message}`);
  }
  return { events: events.map(parseWalkEvent), failure };
}

/**
 * The local store, whatever nix.conf or the environment say: they may name a remote one, on which flakes do not evaluate. The daemon is
 * named by the environment where that is enough, see {@link mayConfigureStore}.
 */
async function pinned({
  env,
  localStore,
}: EvalSetup): Promise<{ readonly env: NodeJS.ProcessEnv; readonly args: readonly string[] }> {
  if (localStore === 'daemon' && !(await mayConfigureStore(env))) {
    return { env: { ...env, NIX_REMOTE: 'daemon' }, args: [] };
  }
  return { env, args: ['--store', localStore] };
}

function evalArguments(
  setup: EvalSetup,
  storeArgs: readonly string[],
  root: WalkRoot,
  program: string,
): readonly string[] {
  return [
    'eval',
    ...['--extra-experimental-features', 'nix-command flakes'],
    ...setup.evalArgs,
    ...storeArgs,
    // it remembers failures without their messages (NixOS/nix#3872), and the walk does not profit from it
    ...['--option', 'eval-cache', 'false'],
    // our own frames use up the few that are shown otherwise
    '--show-trace',
    ...['--log-format', 'internal-json'],
    '--raw',
    ...root.args,
    ...['--apply', program],
  ];
}

function eventOf(line: LogLine, nonce: string): string | undefined {
  const mark = `trace: ${nonce}`;
  return line.kind === 'message' && line.text.startsWith(mark)
    ? line.text.slice(mark.length)
    : undefined;
}

// The exit code decides; standard error only explains. Nix prints errors it recovers from, too: the last one counts.
function failureOf(exit: NixExit, errors: readonly NixError[]): NixError | undefined {
  if (exit.exitCode === 0) return undefined;
  const how =
    exit.signal === undefined
      ? `nix ended with exit code ${exit.exitCode ?? 'unknown'} and no error message`
      : `nix was ended by ${exit.signal}${exit.signal === 'SIGKILL' ? ', perhaps for lack of memory' : ''}`;
  return errors.at(-1) ?? { message: how, position: undefined, trace: [] };
}
