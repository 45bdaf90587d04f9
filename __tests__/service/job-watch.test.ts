import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempDisposable, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { within } from '../../lab/index.ts';
import { jobGone, jobProcess } from '../../src/service/job-watch.ts';
import type { JobProcess } from '../../src/service/messages.ts';

/** Milliseconds: longer than the watch takes to look twice. */
const LIMIT = 6000;

const NEVER = new AbortController().signal;

/** A process that stands for the job's, and what it is known by. */
async function startJob(): Promise<{ job: JobProcess; end: () => Promise<void> }> {
  // Its child says how it knows its parent.
  const code = `import(${JSON.stringify(path.resolve(import.meta.dirname, '../../src/service/job-watch.ts'))})
    .then(({ jobProcess }) => jobProcess()).then((job) => console.log(JSON.stringify(job)))`;
  const outer = `require('node:child_process').spawnSync(process.execPath, ['-e', process.argv[1]], { stdio: 'inherit' }); setTimeout(() => {}, 60000)`;
  const child = spawn(process.execPath, ['-e', outer, code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const end = async (): Promise<void> => {
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  };
  return { job: JSON.parse(line.toString()) as JobProcess, end };
}

test('a process knows who has started it', async () => {
  const { job, end } = await startJob();
  await end();
  expect(job.pid).toBeGreaterThan(1);
  expect(job.startTime).toMatch(/^\d+$/);
  expect((await jobProcess())?.pid).toBe(process.ppid);
});

test('the end of that process is noticed, and no earlier', async () => {
  await using folder = await mkdtempDisposable(path.join(os.tmpdir(), 'job-'));
  const { job, end } = await startJob();
  let isGone = false;
  const gone = jobGone(job, folder.path, NEVER).finally(() => (isGone = true));
  await new Promise((resolve) => setTimeout(resolve, 2500));
  expect(isGone).toBe(false);
  await end();
  expect(await within(LIMIT, 'its end', gone)).toBe('the process that runs the job is gone');
});

test('another process with its number is not it', async () => {
  await using folder = await mkdtempDisposable(path.join(os.tmpdir(), 'job-'));
  const reused = { pid: process.pid, startTime: '1' };
  const reason = await within(LIMIT, 'its end', jobGone(reused, folder.path, NEVER));
  expect(reason).toBe('the process that runs the job is gone');
});

test('without a process to look at, the folder tells', async () => {
  await using folder = await mkdtempDisposable(path.join(os.tmpdir(), 'job-'));
  const gone = jobGone(undefined, folder.path, NEVER);
  await rm(folder.path, { recursive: true });
  expect(await within(LIMIT, 'its end', gone)).toBe('its folder is gone');
});

test('where there is no /proc, whether there is such a process tells', async () => {
  await using folder = await mkdtempDisposable(path.join(os.tmpdir(), 'job-'));
  const stopped = new AbortController();
  const own = jobGone({ pid: process.pid, startTime: '' }, folder.path, stopped.signal);
  const { job, end } = await startJob();
  await end();
  const reason = await within(
    LIMIT,
    'its end',
    jobGone({ ...job, startTime: '' }, folder.path, NEVER),
  );
  expect(reason).toBe('the process that runs the job is gone');
  stopped.abort();
  await expect(own).rejects.toThrow('aborted');
});
