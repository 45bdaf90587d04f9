import type { HostProcessInfo, NixHost } from '../../lab/index.ts';
import { waitUntil } from './wait-until.ts';

/**
 * Words of a program that starts the rest of its arguments and stays when that has ended, as GitHub's runner does. Not a shell: dash
 * takes away variables with a hyphen in their names.
 */
export const WORKER = [
  ...['node', '-e'],
  `require('node:child_process').spawnSync(process.argv[1], process.argv.slice(2), { stdio: 'inherit' });
   setTimeout(() => undefined, 600_000);`,
] as const;

/** The processes that serve offload sockets on a host. */
export async function offloadProcesses(runner: NixHost): Promise<readonly HostProcessInfo[]> {
  const all = await runner.processes();
  return all.filter(({ argv }) => argv.some((word) => word.endsWith('/dist/offload/index.js')));
}

/** The one there is. */
export async function offloadProcess(runner: NixHost): Promise<HostProcessInfo> {
  const [process, ...others] = await offloadProcesses(runner);
  if (!process || others.length > 0) throw new Error('not one process serves an offload socket');
  return process;
}

/**
 * No process of an offload socket, and no file where it had its folder.
 * @param temp the step's RUNNER_TEMP
 */
export async function nothingServes(runner: NixHost, temp: string, limitMs = 2000): Promise<void> {
  const gone = async (): Promise<boolean> =>
    (await offloadProcesses(runner)).length === 0 &&
    (await runner.output(['find', temp, '-mindepth', '1'])) === '';
  await waitUntil(gone, 'the end of the offload process and its folder', limitMs);
}
