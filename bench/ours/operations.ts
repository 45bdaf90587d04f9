/**
 * `operations.ts DAEMON_SOCKET OFFLOAD_SOCKET PATH` asks at both, in turns, whether a path is valid: one question after the other.
 * Runs on the lab's runner, in a process of its own, and prints one line of JSON: {@link OperationsReport}.
 */
import { connect } from 'node:net';
import { parseStorePath } from '../../src/domain/store-path.ts';
import { openStore } from '../../src/store/daemon-store.ts';
import type { Store } from '../../src/store/store.ts';
import { median } from '../statistics.ts';

/** Seconds for one question, medians. */
export interface OperationsReport {
  readonly daemon: number;
  readonly socket: number;
}

const BLOCKS = 50;
const QUESTIONS = 100;

const [daemonSocket = '', offloadSocket = '', path = ''] = process.argv.slice(2);
const asked = parseStorePath(path);
const daemon = openAt(daemonSocket);
const socket = openAt(offloadSocket);
await ask(daemon); // both warm up
await ask(socket);
const laps = { daemon: [] as number[], socket: [] as number[] };
for (let block = 0; block < BLOCKS; block += 1) {
  laps.daemon.push(...(await ask(daemon)));
  laps.socket.push(...(await ask(socket)));
}
daemon.close();
socket.close();
const report: OperationsReport = { daemon: median(laps.daemon), socket: median(laps.socket) };
process.stdout.write(`${JSON.stringify(report)}\n`);

function openAt(socketPath: string): Store {
  const duplex = connect(socketPath);
  return openStore({ duplex, diagnostics: () => '' }, { label: socketPath });
}

/** @returns seconds of each question */
async function ask(store: Store): Promise<readonly number[]> {
  const taken: number[] = [];
  while (taken.length < QUESTIONS) {
    const start = performance.now();
    await store.queryValidPaths([asked]);
    taken.push((performance.now() - start) / 1000);
  }
  return taken;
}
