import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { procFile } from '../helpers/proc.ts';
import path from 'node:path';

import { expect, test } from 'vitest';

import { ClientProcess } from '../../src/ssh/openssh/client-process.ts';

const ENV = { PATH: process.env['PATH'] ?? '' };

/** Stands for a client that has not got as far as being let in: tells its process, and waits. */
const WAITING = ['sh', '-c', 'echo "pid $$" >&2; exec sleep 600'];

/** Whether it runs; what nobody has waited for yet does not. */
function runs(pid: number): boolean {
  const file = `/proc/${pid}/stat`;
  return procFile(file)?.includes(') Z ') === false;
}

async function pidIn(said: () => string): Promise<number> {
  await expect.poll(said).toMatch(/pid \d+\n/);
  return Number(/pid (\d+)/.exec(said())?.[1]);
}

test('a client ends with who has started it, even if that is killed', async () => {
  const module = path.resolve(import.meta.dirname, '../../src/ssh/openssh/client-process.ts');
  const program = `import { ClientProcess } from ${JSON.stringify(module)};
    const client = ClientProcess.start(${JSON.stringify(WAITING)}, process.env);
    setInterval(() => process.stdout.write(client.said), 20);`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', program], { env: ENV });
  let said = '';
  parent.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const pid = await pidIn(() => said);
  expect(runs(pid)).toBe(true);
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  await expect.poll(() => runs(pid)).toBe(false);
});

test('a client ends when it is closed, tells what it said, and with what code it ended', async () => {
  const closed = ClientProcess.start(WAITING, ENV);
  const pid = await pidIn(() => closed.said);
  closed.close();
  expect(await closed.ended).toBe(143);
  expect(runs(pid)).toBe(false);
  expect(await closed.ready()).toBeUndefined();

  const failed = ClientProcess.start(['sh', '-c', 'echo reason >&2; exit 7'], ENV);
  expect(await failed.ended).toBe(7);
  expect(failed.said).toBe('reason\n');
});

test('a client that does not end is ended', async () => {
  const stubborn = ClientProcess.start(
    ['sh', '-c', 'trap "" TERM; echo "pid $$" >&2; while :; do sleep 1; done'],
    ENV,
  );
  const pid = await pidIn(() => stubborn.said);
  stubborn.close();
  await stubborn.ended;
  await expect.poll(() => runs(pid)).toBe(false);
});

test('a client says who it is once it is let in', async () => {
  const client = ClientProcess.start(['sh', '-c', 'echo noise; echo "ready ci"; sleep 600'], ENV);
  expect(await client.ready()).toBe('ci');
  client.close();
  await client.ended;
});
