import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';

import { ActionError } from '../domain/errors.ts';
import { LineSplitter } from './lines.ts';

/** One run of the `nix` program. */
export interface NixCommand {
  /** Path of the program, or a name to look up on `env.PATH`. */
  readonly nix: string;
  /** Handed over as they are: no shell reads them. */
  readonly args: readonly string[];
  readonly workingDirectory: string;
  /** The child's whole environment. */
  readonly env: NodeJS.ProcessEnv;
  /** Written to its standard input; nothing, unless said. */
  readonly input?: string | undefined;
  /** Ends the program and everything it started. */
  readonly signal: AbortSignal;
  /** Milliseconds between SIGTERM, on which Nix unlocks and cleans up, and SIGKILL; default: 3000. */
  readonly grace?: number;
  /** Hears the process id, if the program could be started. */
  readonly onStart?: (pid: number) => void;
  /** Hears standard error line by line, an unterminated last one included. */
  readonly onStderr?: (line: string) => void;
}

/** How a run ended. */
export interface NixExit {
  readonly stdout: string;
  /** `undefined` if a signal ended it. */
  readonly exitCode: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
}

/** Milliseconds, see {@link NixCommand.grace}. */
const GRACE = 3000;

/**
 * Milliseconds that the pipes may stay open once the program has ended. An ssh that git left behind to share its connection
 * (ControlPersist) is in a group of its own and holds our standard error for as long as it likes.
 */
const PIPES_GRACE = 1000;

/**
 * Runs `nix` to its end. An exit code other than 0 is a result, not an error.
 * @throws ActionError `nix-missing` if the program cannot be started, `cancelled` if the signal fired.
 */
export async function runNix(command: NixCommand): Promise<NixExit> {
  throwIfCancelled(command.signal);
  // A group of its own, so that builders, git and ssh that Nix started end with it.
  const options = { cwd: command.workingDirectory, env: command.env, detached: true } as const;
  const child =
    command.input === undefined
      ? spawn(command.nix, command.args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
      : spawn(command.nix, command.args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin?.on('error', () => undefined); // who does not read it says why
  child.stdin?.end(command.input);
  const stop = endGroupOnAbort(child, command);
  if (child.pid !== undefined) command.onStart?.(child.pid);
  try {
    const stdout: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    const lines = new LineSplitter((line) => command.onStderr?.(line));
    child.stderr.on('data', (chunk: Buffer) => lines.write(chunk));
    const exit = await ended(child, command);
    lines.end();
    throwIfCancelled(command.signal);
    return { ...exit, stdout: Buffer.concat(stdout).toString('utf8') };
  } finally {
    stop();
  }
}

function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) {
    throw new ActionError('cancelled', 'cancelled while Nix was running', {
      cause: signal.reason,
    });
  }
}

function ended(child: ChildProcess, command: NixCommand): Promise<Omit<NixExit, 'stdout'>> {
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => reject(startFailure(command, cause)));
    child.once('exit', () => {
      const timer = setTimeout(() => closePipes(child), PIPES_GRACE);
      child.once('close', () => clearTimeout(timer));
    });
    child.once('close', (exitCode, signal) =>
      resolve({ exitCode: exitCode ?? undefined, signal: signal ?? undefined }),
    );
  });
}

function closePipes({ stdout, stderr }: ChildProcess): void {
  stdout?.destroy();
  stderr?.destroy();
}

/** A folder that is not there and a program that is not there both are ENOENT. */
function startFailure({ nix, workingDirectory, env }: NixCommand, cause: Error): ActionError {
  if (!existsSync(workingDirectory)) {
    return new ActionError('input-invalid', `the folder ${workingDirectory} does not exist`, {
      cause,
      hint: 'Correct the input working-directory, or check out the repository in an earlier step.',
    });
  }
  const why =
    errorCode(cause) === 'ENOENT' ? `it is not on PATH (${env['PATH'] ?? ''})` : cause.message;
  return new ActionError('nix-missing', `cannot run ${nix} on this runner: ${why}`, {
    cause,
    hint: 'Install Nix in an earlier step.',
  });
}

function errorCode(error: Error): unknown {
  return 'code' in error ? error.code : undefined;
}

/** Returns what takes the listener and the timer away again. */
function endGroupOnAbort(child: ChildProcess, { signal, grace }: NixCommand): () => void {
  let timer: NodeJS.Timeout | undefined;
  const end = (): void => {
    killGroup(child, 'SIGTERM');
    timer = setTimeout(() => killGroup(child, 'SIGKILL'), grace ?? GRACE);
  };
  signal.addEventListener('abort', end, { once: true });
  return () => {
    signal.removeEventListener('abort', end);
    clearTimeout(timer);
  };
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // the group is gone already
  }
}
