import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** A process as its host sees it. */
export interface HostProcessInfo {
  /** Inside the host. */
  readonly pid: number;
  readonly parent: number;
  readonly uid: number;
  readonly argv: readonly string[];
  /** Whether it belongs to a build: Nix gives every builder NIX_BUILD_TOP. */
  readonly builder: boolean;
}

/** All processes that a /proc shows, those in nested namespaces included, zombies left out. */
export async function listProcesses(proc: string): Promise<HostProcessInfo[]> {
  const pids = (await readdir(proc)).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(pids.map((pid) => describe(path.join(proc, pid))));
  return found.filter((each) => each !== undefined);
}

async function describe(folder: string): Promise<HostProcessInfo | undefined> {
  // A process that ends meanwhile has no state, and is left out.
  const read = (name: string) => readFile(path.join(folder, name), 'utf8').catch(() => '');
  const [status, cmdline, environ] = await Promise.all([
    read('status'),
    read('cmdline'),
    read('environ'),
  ]);
  const field = (name: string) => new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(status)?.[1];
  const state = field('State');
  if (state === undefined || state === 'Z' || state === 'X') {
    return undefined;
  }
  return {
    pid: Number(path.basename(folder)),
    parent: Number(field('PPid')),
    uid: Number(field('Uid')),
    argv: cmdline.split('\0').slice(0, -1),
    builder: environ.split('\0').some((line) => line.startsWith('NIX_BUILD_TOP=')),
  };
}
