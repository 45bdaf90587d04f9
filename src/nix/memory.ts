import { readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import type { Resources } from './parallelism.ts';

/** What stays free for everything else, our own process and the runner's among it: this part of what is free, and at least so many bytes. */
const RESERVED_PART = 0.1;
const RESERVED_BYTES = 256 * 2 ** 20;

/** What evaluation may take now, within what the control groups allow that this process is in. Below 0: others take of the reserve. */
export function readResources(): Resources {
  const free = freeMemory();
  const memory = free - Math.max(free * RESERVED_PART, RESERVED_BYTES);
  return { cores: os.availableParallelism(), memory };
}

/**
 * Bytes that can be had, swap included. Linux counts as free in a control group what caches would give back; Node does not
 * (`process.availableMemory`).
 * @param root where /proc and /sys are
 */
export function freeMemory(root = '/'): number {
  const machine = memoryInfo(root) ?? os.totalmem() / 2; // macOS: most of what is in use there is cache, and it does not say how much
  return Math.min(machine, ...groupFolders(root).map(freeInGroup));
}

/** Bytes that a process takes, those that are swapped out included; 0 where that cannot be told: it ended, or there is no /proc. */
export function memoryOf(pid: number): number {
  const fields = fieldsOf(read(`/proc/${pid}/status`));
  return 1024 * ((fields.get('VmRSS') ?? 0) + (fields.get('VmSwap') ?? 0));
}

/** Where memory runs out in spite of all, the kernel is to end this process rather than the job's own. */
export function offerToKernel(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, '1000');
  } catch {
    // It has ended, or there is no /proc.
  }
}

function memoryInfo(root: string): number | undefined {
  const fields = fieldsOf(read(path.join(root, 'proc/meminfo')));
  const available = fields.get('MemAvailable');
  return available === undefined ? undefined : 1024 * (available + (fields.get('SwapFree') ?? 0));
}

/** `Name:   12 kB`, and `name 12` as control groups have it. */
function fieldsOf(text: string): ReadonlyMap<string, number> {
  const lines = text.matchAll(/^(\w+):?\s+(\d+)/gm);
  return new Map([...lines].map(([, name = '', value]) => [name, Number(value)]));
}

/** A control group, and how its files are called. */
interface GroupFolder {
  readonly folder: string;
  readonly version: 1 | 2;
}

/** The groups of this process from the innermost to the outermost: each may have a limit. In a container the innermost is at the top. */
function groupFolders(root: string): readonly GroupFolder[] {
  const lines = read(path.join(root, 'proc/self/cgroup')).split('\n');
  return lines.flatMap((line) => {
    const [, controllers = '', name = ''] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers === '' && name !== '') return upFrom(root, 'sys/fs/cgroup', name, 2);
    if (!controllers.split(',').includes('memory')) return [];
    return upFrom(root, 'sys/fs/cgroup/memory', name, 1);
  });
}

function upFrom(root: string, mount: string, name: string, version: 1 | 2): GroupFolder[] {
  const found: GroupFolder[] = [];
  for (let each = path.posix.normalize(name); ; each = path.posix.dirname(each)) {
    found.push({ folder: path.join(root, mount, each), version });
    if (path.posix.dirname(each) === each) return found;
  }
}

/** `Infinity` without a limit. */
function freeInGroup({ folder, version }: GroupFolder): number {
  const file = (name: string): string => read(path.join(folder, name)).trim();
  const limit = file(version === 2 ? 'memory.max' : 'memory.limit_in_bytes');
  if (!/^\d+$/.test(limit)) return Infinity;
  const used = Number(file(version === 2 ? 'memory.current' : 'memory.usage_in_bytes'));
  const cached = version === 2 ? 'inactive_file' : 'total_inactive_file';
  return Number(limit) - used + (fieldsOf(file('memory.stat')).get(cached) ?? 0);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
