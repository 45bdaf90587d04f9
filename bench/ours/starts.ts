/**
 * Starts what there is to start, and an empty script, in turns. Runs on the lab's runner, and prints one line of JSON: {@link Starts}.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { makeTunnelFolder, removeTunnelFolder } from '../../src/tunnel/folder.ts';
import { BYTES_FOLLOW } from '../../src/tunnel/greeting.ts';
import { writeLauncher } from '../../src/tunnel/launcher.ts';
import { median } from '../statistics.ts';

/** Medians, in seconds. */
export interface Starts {
  /** Of the step, which is asked for nothing, says so, and ends. */
  readonly main: number;
  /** Of what follows the job, after a step that left nothing. */
  readonly post: number;
  /** Of the program that Nix runs for each connection. From the start of the launcher to the first byte that comes through the pipe. */
  readonly pipe: number;
  /** From the start to the end of Node with a script in which there is nothing. */
  readonly emptyScript: number;
}

const ROUNDS = 25;
const DIST = '/checkout/dist';
const SCRIPT = `${DIST}/pipe/index.js`;
const ANSWER = Buffer.concat([BYTES_FOLLOW, Buffer.from('x')]);

const folder = await makeTunnelFolder('/tmp');
const [socket, launcher, script] = ['socket', 'launcher', 'empty.mjs'].map((name) =>
  path.join(folder, name),
) as [string, string, string];
await writeFile(script, '');
const end = { socketPath: socket, label: 'bench' };
await writeLauncher(launcher, { node: process.execPath, script: SCRIPT }, end);
const server = createServer((client) => client.end(ANSWER));
await once(server.listen(socket), 'listening');
const laps = {
  emptyScript: [] as number[],
  main: [] as number[],
  post: [] as number[],
  pipe: [] as number[],
};
while (laps.pipe.length < ROUNDS) {
  laps.emptyScript.push(await wholeRun(script, 0));
  laps.main.push(await wholeRun(`${DIST}/main/index.js`, 1));
  laps.post.push(await wholeRun(`${DIST}/post/index.js`, 0));
  laps.pipe.push(await untilFirstByte());
}
server.close();
await removeTunnelFolder(folder);
const report: Starts = {
  main: median(laps.main),
  post: median(laps.post),
  pipe: median(laps.pipe),
  emptyScript: median(laps.emptyScript),
};
process.stdout.write(`${JSON.stringify(report)}\n`);

/** @param code with which it has to end, or it was something else that ran */
async function wholeRun(file: string, code: number): Promise<number> {
  const start = performance.now();
  const child = spawn(process.execPath, [file], { env: {}, stdio: 'ignore' });
  const [ended] = (await once(child, 'close')) as [number | null];
  if (ended !== code) throw new Error(`${file} ended with ${ended}`);
  return (performance.now() - start) / 1000;
}

async function untilFirstByte(): Promise<number> {
  const start = performance.now();
  const child = spawn('/bin/sh', [launcher], { env: {} });
  await once(child.stdout, 'data');
  const taken = (performance.now() - start) / 1000;
  await once(child, 'close');
  return taken;
}
