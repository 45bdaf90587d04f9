import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { STOP } from './control.ts';

/** Milliseconds that an offload process has to end its clients' builds and to answer. */
const LIMIT = 10_000;

/**
 * Asks an offload process to end.
 * @returns what it answered, once it is gone; undefined where nobody listens, or answers in time
 */
export async function askToStop(control: string): Promise<string | undefined> {
  const socket = connect(control);
  const signal = AbortSignal.timeout(LIMIT);
  const end = (): void => void socket.destroy();
  signal.addEventListener('abort', end);
  try {
    socket.setEncoding('utf8').write(STOP);
    let answer = '';
    for await (const chunk of socket) answer += String(chunk);
    return signal.aborted || answer === '' ? undefined : answer;
  } catch {
    return undefined;
  } finally {
    signal.removeEventListener('abort', end);
    socket.destroy();
  }
}

/** The last lines that an offload process wrote. */
export async function lastWords(log: string, lines: number): Promise<readonly string[]> {
  const text = await readFile(log, 'utf8').catch(() => '');
  return text.split('\n').filter(Boolean).slice(-lines);
}
