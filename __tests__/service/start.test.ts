import { mkdtempDisposable, writeFile, readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { startOffloadProcess, type Ready } from '../../src/service/start.ts';
import { waitUntil } from '../helpers/wait-until.ts';

const READY = { kind: 'ready', remote: 'r', detail: 'd', warnings: [], exports: {} };

const SECRET = 'correct-horse-battery-staple';

interface Started {
  readonly answer: Promise<Ready>;
  /** Written by the program: its process id. */
  readonly pid: () => Promise<number>;
  readonly log: string;
}

/** Runs a program in place of the one that serves. */
async function start(folder: string, program: string, signal?: AbortSignal): Promise<Started> {
  const entry = path.join(folder, 'entry.cjs');
  const pidFile = path.join(folder, 'pid');
  const setUp = `require('node:fs').writeFileSync(${JSON.stringify(pidFile)}, String(process.pid));`;
  await writeFile(entry, `${setUp}\n${program}`);
  const log = path.join(folder, 'log');
  const assignment = { inputs: { 'ssh-key': SECRET }, workspace: '/', folder, job: undefined };
  const env = { PATH: process.env['PATH'] ?? '' };
  const options = { entry, assignment, env, log, signal: signal ?? new AbortController().signal };
  const answer = startOffloadProcess(options);
  answer.catch(() => undefined);
  const pid = async (): Promise<number> => Number(await readFile(pidFile, 'utf8').catch(() => ''));
  return { answer, pid, log };
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('a process that serves', () => {
  test('is told all on its standard input, which is closed then, and outlives the answer', async () => {
    await using folder = await mkdtempDisposable(path.join(os.tmpdir(), 'start-'));
    const program = `
      const told = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
      process.stderr.write(Object.keys(told.inputs).join() + '\\n');
      console.log(${JSON.stringify(JSON.stringify(READY))});
      setTimeout(() => {}, 60_000);`;
    const { answer, pid, log } = await start(folder.path, program);
    expect(await answer).toEqual(READY);
    const own = await pid();
    expect(isRunning(own)).toBe(true);
    // It leads a group of its own.
    process.kill(-own, 'SIGKILL');
    await waitUntil(() => !isRunning(own), 'its end');
    expect(await readFile(log, 'utf8')).toBe('ssh-key\n');
  });
});

describe('one that does not serve is gone, and what it said is told', () => {
  test.each<[string, string, string]>([
    [
      'that fails',
      `console.log('{"kind":"failed","code":"key-invalid","message":"no key","hint":"write one"}'); setTimeout(() => {}, 60_000);`,
      'no key',
    ],
    [
      'that ends',
      `process.stderr.write('one\\ntwo\\n'); process.exit(3);`,
      'the process for the offload socket ended before it was ready: one | two',
    ],
    [
      'that says something else',
      `console.log('hello'); setTimeout(() => {}, 60_000);`,
      'the process for the offload socket answered what is no answer: hello',
    ],
    [
      'that says too much',
      `process.stdout.write('x'.repeat(2_000_000)); setTimeout(() => {}, 60_000);`,
      'the process for the offload socket ended before it was ready',
    ],
  ])('%s', async (_, program, message) => {
    await using folder = await mkdtempDisposable(path.join(os.tmpdir(), 'start-'));
    const { answer, pid } = await start(folder.path, program);
    await expect(answer).rejects.toMatchObject({ name: 'ActionError', message });
    const own = await pid();
    await waitUntil(() => !isRunning(own), 'its end');
  });

  test('when it is cancelled, however deaf it is', async () => {
    await using folder = await mkdtempDisposable(path.join(os.tmpdir(), 'start-'));
    const cancelling = new AbortController();
    const program = `process.on('SIGTERM', () => {}); setTimeout(() => {}, 60_000);`;
    const { answer, pid } = await start(folder.path, program, cancelling.signal);
    await waitUntil(async () => (await pid()) > 0, 'its start', 10_000);
    const reason = new Error('cancelled');
    cancelling.abort(reason);
    await expect(answer).rejects.toBe(reason);
    const own = await pid();
    await waitUntil(() => !isRunning(own), 'its end');
  });
});
