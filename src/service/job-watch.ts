import { access, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { JobProcess } from './messages.ts';

/** Milliseconds between looks. */
const INTERVAL = 2000;

/**
 * The process that started this one: GitHub's runner. In a job container that is nobody (0 or 1): there the container's end is ours.
 */
export async function jobProcess(): Promise<JobProcess | undefined> {
  const pid = process.ppid;
  if (pid <= 1) return undefined;
  return { pid, startTime: (await startTimeOf(pid)) ?? '' };
}

/** Resolves with the reason once the job's process is gone, or the folder that post removes. */
export async function jobGone(
  job: JobProcess | undefined,
  folder: string,
  signal: AbortSignal,
): Promise<string> {
  for (;;) {
    await delay(INTERVAL, undefined, { signal, ref: false });
    if (job && !(await isRunning(job))) return 'the process that runs the job is gone';
    if (!(await exists(folder))) return 'its folder is gone';
  }
}

async function isRunning({ pid, startTime }: JobProcess): Promise<boolean> {
  if (startTime !== '') return (await startTimeOf(pid)) === startTime;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It is there, and another user's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Clock ticks since boot; undefined when there is no such process, a zombie included, or no /proc. */
async function startTimeOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The second field is the program's name in brackets, which may hold anything (proc_pid_stat(5)); the state follows.
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return state === 'Z' || state === 'X' ? undefined : fields[18];
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
