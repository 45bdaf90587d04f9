import { randomUUID } from 'node:crypto';

import { toError } from '../domain/errors.ts';
import { mayConfigureStore } from './configured-store.ts';
import { type LogLine, type NixError, parseLogLine } from './log-line.ts';
import { type NixExit, runNix } from './nix-command.ts';
import type { Resources } from './parallelism.ts';
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
  /** See `NixCommand.grace`. */
  readonly grace?: number;
  /** Hears what Nix says beside its errors: warnings, traces, fetches, builds it makes in order to evaluate. */
  readonly onLog: (text: string) => void;
  /** What evaluation may take; default: what the machine has to spare. */
  readonly resources?: Resources | undefined;
  /** Seconds that one more process must gain, to be started; default: 1. */
  readonly gain?: number | undefined;
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

/** How one process ended. */
export interface WalkRun {
  /** Why it ended early; `undefined` after a walk to the end. */
  readonly failure: NixError | undefined;
  /** Whether that need not be the attribute's fault: somebody else ended it, or there was no memory. */
  readonly wasKilled: boolean;
}

/** Hears of one process; must not throw. */
export interface WalkListener {
  readonly onStart?: (pid: number) => void;
  readonly onEvent: (event: WalkEvent) => void;
}

/** Nix's words for std::bad_alloc. */
const OUT_OF_MEMORY = 'out of memory';

/** What Nix says because of how it is run here: an untrusted user may not name the store, which is the daemon's anyway. */
const OURS = /ignoring the client-specified setting '(store|eval-cache)'/;

/**
 * Runs one `nix eval` over the items. What it finds out is heard as it comes.
 * @throws ActionError `nix-missing`, `cancelled`, or `internal`; an evaluation that fails is a result.
 */
export async function runWalk(
  setup: EvalSetup,
  root: WalkRoot,
  request: Omit<WalkRequest, 'nonce' | 'autoCall' | 'requirePure'>,
  listener: WalkListener,
): Promise<WalkRun> {
  const nonce = randomUUID();
  const { autoCall, requirePure } = root;
  const program = walkProgram({ ...request, nonce, autoCall, requirePure }, root.autoArguments);
  const reader = new EventReader(nonce, listener.onEvent);
  const errors: NixError[] = [];
  const { env, args } = await pinned(setup);
  const rename = setup.rename ?? ((text: string) => text);
  const exit = await runNix({
    ...setup,
    env,
    args: evalArguments(setup, args, root, program),
    ...(listener.onStart && { onStart: listener.onStart }),
    onStderr: (line) => {
      const read = parseLogLine(rename(line));
      if (reader.takes(read)) return;
      if (read.kind === 'error') errors.push(read.error);
      else if (read.kind === 'message' && !OURS.test(read.text)) setup.onLog(read.text);
    },
  });
  reader.end();
  const failure = failureOf(exit, errors);
  for (const error of errors) {
    if (error !== failure) setup.onLog(`error: ${error.message}`);
  }
  const wasKilled = exit.signal !== undefined || failure?.message === OUT_OF_MEMORY;
  return { failure, wasKilled };
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

/** Takes our program's lines out of what Nix says. */
class EventReader {
  readonly #mark: string;
  readonly #onEvent: (event: WalkEvent) => void;
  #broken: Error | undefined;

  constructor(nonce: string, onEvent: (event: WalkEvent) => void) {
    this.#mark = `trace: ${nonce}`;
    this.#onEvent = onEvent;
  }

  takes(line: LogLine): boolean {
    if (line.kind !== 'message' || !line.text.startsWith(this.#mark)) return false;
    try {
      this.#onEvent(parseWalkEvent(line.text.slice(this.#mark.length)));
    } catch (error) {
      this.#broken ??= toError(error); // nobody would catch it here
    }
    return true;
  }

  /** @throws ActionError `internal` if an event could not be read */
  end(): void {
    if (this.#broken) throw this.#broken;
  }
}

// The exit code decides; standard error only explains. Nix prints errors it recovers from, too: the last one counts.
function failureOf(exit: NixExit, errors: readonly NixError[]): NixError | undefined {
  if (exit.exitCode === 0) return undefined;
  const how =
    exit.signal === undefined
      ? `nix ended with exit code ${exit.exitCode ?? 'unknown'} and no error message`
      : `nix was ended by ${exit.signal}${exit.signal === 'SIGKILL' ? ', most likely for lack of memory' : ''}`;
  return errors.at(-1) ?? { message: how, position: undefined, trace: [] };
}
