/**
 * Starts the program that Nix runs for each connection, and an empty script, in turns. Runs on the lab's runner, and prints one line of
 * JSON: {@link PipeStart}.
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
export interface PipeStart {
  /** From the start of the launcher to the first byte that comes through the pipe. */
  readonly pipe: number;
  /** From the start to the end of Node with a script in which there is nothing. */
  readonly emptyScript: number;
}

const ROUNDS = 25;
const SCRIPT = '/checkout/dist/pipe/index.js';
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
const laps = { pipe: [] as number[], emptyScript: [] as number[] };
while (laps.pipe.length < ROUNDS) {
  laps.emptyScript.push(await wholeRun());
  laps.pipe.push(await untilFirstByte());
}
server.close();
await removeTunnelFolder(folder);
const report: PipeStart = { pipe: median(laps.pipe), emptyScript: median(laps.emptyScript) };
process.stdout.write(`${JSON.stringify(report)}\n`);

async function wholeRun(): Promise<number> {
  const start = performance.now();
  await once(spawn(process.execPath, [script], { env: {} }), 'close');
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
