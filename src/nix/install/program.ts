import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { ActionError, toError } from '../../domain/errors.ts';
import { oneLine } from '../../domain/text.ts';

/** Where programs run: their whole environment, and what ends them. */
export interface ProgramContext {
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** How a program ended, and what it said on standard error, as one line. */
export interface Ended {
  /** Undefined if a signal ended it. */
  readonly exitCode: number | undefined;
  readonly words: string;
}

/** A program that runs. */
export interface Running {
  readonly stdin: Writable | null;
  readonly stdout: Readable | null;
  /** Rejects if it cannot be started, or was cancelled. */
  readonly ended: Promise<Ended>;
}

/** Bytes of what a program says that are kept: the first, which say why. */
const WORDS_LIMIT = 2000;

/** Starts a program; it is killed when the signal fires. */
export function startProgram(
  program: string,
  args: readonly string[],
  { env, signal }: ProgramContext,
  stdio: { readonly stdin?: 'ignore' | 'pipe' | number; readonly stdout?: 'ignore' | 'pipe' } = {},
): Running {
  const streams: StdioOptions = [stdio.stdin ?? 'ignore', stdio.stdout ?? 'ignore', 'pipe'];
  const child = spawn(program, args, { env, signal, killSignal: 'SIGKILL', stdio: streams });
  // Told by its exit.
  child.stdin?.on('error', () => undefined);
  const ended = endOf(child, program, signal);
  ended.catch(() => undefined);
  return { stdin: child.stdin, stdout: child.stdout, ended };
}

/** Runs a program to its end. */
export function runProgram(
  program: string,
  args: readonly string[],
  context: ProgramContext,
  stdin: 'ignore' | number = 'ignore',
): Promise<Ended> {
  return startProgram(program, args, context, { stdin }).ended;
}

function endOf(child: ChildProcess, program: string, signal: AbortSignal): Promise<Ended> {
  let words = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    if (words.length < WORDS_LIMIT) words += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', (thrown) => {
      const cause = toError(thrown);
      reject(signal.aborted ? cancelled(signal) : cannotStart(program, cause));
    });
    child.once('close', (exitCode) => {
      if (signal.aborted) reject(cancelled(signal));
      else
        resolve({ exitCode: exitCode ?? undefined, words: oneLine(words.slice(0, WORDS_LIMIT)) });
    });
  });
}

function cancelled(signal: AbortSignal): ActionError {
  return new ActionError('cancelled', 'cancelled while Nix was installed', {
    cause: signal.reason,
  });
}

function cannotStart(program: string, cause: Error): ActionError {
  return new ActionError('install-failed', `cannot run ${program}: ${cause.message}`, { cause });
}
