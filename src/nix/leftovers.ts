import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** Name of the variable by which children of this step are known. */
export const MARKER_VARIABLE = 'NIX_REMOTE_BUILD_STEP';

/** Milliseconds between asking a process to end and ending it. */
const GRACE = 2000;

/**
 * Ends every process of this user that carries the marker in its environment.
 * @returns how many there were.
 */
export async function endMarkedProcesses(marker: string): Promise<number> {
  const found = await markedProcesses(marker);
  if (found.length === 0) return 0;
  for (const pid of found) signal(pid, 'SIGTERM');
  const deadline = performance.now() + GRACE;
  while (performance.now() < deadline) {
    if ((await markedProcesses(marker)).length === 0) return found.length;
    await delay(50);
  }
  for (const pid of await markedProcesses(marker)) signal(pid, 'SIGKILL');
  return found.length;
}

/** Where there is no /proc (macOS) none is found: there children end with the pipes that they hold. */
async function markedProcesses(marker: string): Promise<readonly number[]> {
  const entry = `${MARKER_VARIABLE}=${marker}`;
  const names = await readdir('/proc').catch(() => []);
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
  const marked: number[] = [];
  for (const pid of pids) {
    if (pid === process.pid) continue;
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    if (environment.split('\0').includes(entry)) marked.push(pid);
  }
  return marked;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended by itself in between.
  }
}
