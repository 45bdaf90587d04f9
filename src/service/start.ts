import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { ActionError, toError } from '../domain/errors.ts';
import { printable } from '../domain/text.ts';
import { parseSetUpAnswer, type Assignment, type SetUpAnswer } from './messages.ts';
import { lastWords } from './stop.ts';

/** Milliseconds for connecting and looking; each part of it has a shorter bound of its own. */
const SET_UP_LIMIT = 180_000;

/** Milliseconds between asking the process to end and ending it. */
const GRACE = 2000;

/** Lines of its log that are shown of a process that did not answer. */
const LAST_LINES = 5;

/** Characters of an answer. */
const MAX_ANSWER = 1_000_000;

export interface StartOptions {
  /** The program: a file for Node. */
  readonly entry: string;
  readonly assignment: Assignment;
  /** The process's whole environment; holds no secret. */
  readonly env: Readonly<Record<string, string>>;
  /** The file for what it says. */
  readonly log: string;
  readonly signal: AbortSignal;
}

/** What a process that serves says of itself. */
export type Ready = SetUpAnswer & { readonly kind: 'ready' };

/**
 * Starts the process that serves the offload socket, and waits until it does. It outlives this one.
 * @throws ActionError with what kept it from serving; then the process is gone
 */
export async function startOffloadProcess(options: StartOptions): Promise<Ready> {
  const { entry, assignment, env, log, signal } = options;
  const file = await open(log, 'a', 0o600);
  // A group of its own: what ends the step does not end it.
  const child = spawn(process.execPath, [entry], {
    detached: true,
    env,
    stdio: ['pipe', 'pipe', file.fd],
  });
  try {
    const { stdin, stdout } = child;
    if (!stdin || !stdout) throw new TypeError('a process was started without its pipes');
    await Promise.all([once(child, 'spawn'), file.close()]);
    // It may end before it has read all; what it answered, or did not, tells.
    stdin.on('error', () => undefined);
    stdin.end(`${JSON.stringify(assignment)}\n`);
    const answer = await answerOf(stdout, log, signal);
    if (answer.kind === 'failed') throw new ActionError(answer.code, answer.message, answer);
    stdout.destroy();
    child.unref();
    return answer;
  } catch (error) {
    await end(child);
    throw error;
  }
}

async function answerOf(stdout: Readable, log: string, signal: AbortSignal): Promise<SetUpAnswer> {
  const limit = AbortSignal.timeout(SET_UP_LIMIT);
  const text = await firstLine(stdout, AbortSignal.any([signal, limit])).catch((error: unknown) => {
    throw limit.aborted ? died(`was not ready within ${SET_UP_LIMIT / 1000} s`, []) : error;
  });
  if (text === undefined) throw died('ended before it was ready', await lastWords(log, LAST_LINES));
  try {
    return parseSetUpAnswer(text);
  } catch (error) {
    throw died('answered what is no answer', [text], error);
  }
}

/** Undefined when the stream ends before. */
async function firstLine(stream: Readable, signal: AbortSignal): Promise<string | undefined> {
  const stop = (): void => void stream.destroy(toError(signal.reason));
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    let text = '';
    for await (const chunk of stream.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
      text += String(chunk);
      const end = text.indexOf('\n');
      if (end !== -1) return text.slice(0, end);
      if (text.length > MAX_ANSWER) return undefined;
    }
    return undefined;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function died(how: string, words: readonly string[], cause?: unknown): ActionError {
  const said = words.length === 0 ? '' : `: ${printable(words.join(' | '))}`;
  return new ActionError('internal', `the process for the offload socket ${how}${said}`, { cause });
}

/** Ends the process and whatever it has started. */
async function end(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (pid === undefined) return;
  const isGone = (): boolean => child.exitCode !== null || child.signalCode !== null;
  if (!isGone()) {
    const exit = once(child, 'exit');
    kill(-pid, 'SIGTERM');
    await Promise.race([exit, delay(GRACE, undefined, { ref: false })]);
  }
  kill(-pid, 'SIGKILL');
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It is gone already.
  }
}
