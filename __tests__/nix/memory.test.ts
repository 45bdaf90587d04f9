import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freeMemory, memoryOf, readResources } from '../../src/nix/memory.ts';

const MIB = 2 ** 20;

describe('freeMemory, of files as Linux writes them', () => {
  let root: string;
  beforeEach(async () => void (root = await mkdtemp(path.join(os.tmpdir(), 'memory-'))));
  afterEach(() => rm(root, { recursive: true }));

  const write = async (files: Readonly<Record<string, string>>): Promise<void> => {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(root, name)), { recursive: true });
      await writeFile(path.join(root, name), text);
    }
  };
  const MEMINFO =
    'MemTotal:       8000 kB\nMemFree:  100 kB\nMemAvailable:   5000 kB\nSwapFree:   1000 kB\n';

  it('is what the machine has available, with swap', async () => {
    await write({ 'proc/meminfo': MEMINFO, 'proc/self/cgroup': '0::/a/b\n' });
    expect(freeMemory(root)).toBe(6000 * 1024);
  });

  it('is within the limits of all groups around (version 2), caches not counted', async () => {
    await write({
      'proc/meminfo': MEMINFO,
      'proc/self/cgroup': '0::/a/b\n',
      'sys/fs/cgroup/a/b/memory.max': 'max\n',
      'sys/fs/cgroup/a/memory.max': `${4 * MIB}\n`,
      'sys/fs/cgroup/a/memory.current': `${3 * MIB}\n`,
      'sys/fs/cgroup/a/memory.stat': `anon ${MIB}\ninactive_file ${MIB}\n`,
    });
    expect(freeMemory(root)).toBe(2 * MIB);
  });

  it('is within the limit of the group (version 1), in a container where that is at the top', async () => {
    await write({
      'proc/meminfo': MEMINFO,
      'proc/self/cgroup': '9:cpu:/x\n4:memory:/docker/123\n0::/\n',
      'sys/fs/cgroup/memory/memory.limit_in_bytes': `${4 * MIB}\n`,
      'sys/fs/cgroup/memory/memory.usage_in_bytes': `${3 * MIB}\n`,
      'sys/fs/cgroup/memory/memory.stat': `cache 5\ntotal_inactive_file 0\n`,
    });
    expect(freeMemory(root)).toBe(MIB);
  });
});

it('a process is asked for its memory; one that is gone takes none', () => {
  expect(memoryOf(process.pid)).toBeGreaterThan(10 * MIB);
  expect(memoryOf(2 ** 30)).toBe(0);
});

it('this machine has something to spare', () => {
  const { cores, memory } = readResources();
  expect(cores).toBe(os.availableParallelism());
  expect(memory).toBeGreaterThan(0);
  expect(memory).toBeLessThan(os.totalmem() * 4);
});

it('a real control group bounds it, where one can be made', async () => {
  const group = await makeGroup(700 * MIB).catch((error: unknown) => {
    expect(error).toMatchObject({ code: expect.stringMatching(/^E/) as string });
    return undefined;
  });
  if (group === undefined) return;
  try {
    const module = path.resolve('src/nix/memory.ts');
    const program = `import { freeMemory } from '${module}'; console.log(freeMemory());`;
    const script = 'echo $$ > "$0"; exec "$@"';
    const procs = path.join(group, 'cgroup.procs');
    const node = [process.execPath, '--input-type=module', '--eval', program];
    const { stdout } = await promisify(execFile)('sh', ['-c', script, procs, ...node]);
    expect(Number(stdout)).toBeGreaterThan(300 * MIB);
    expect(Number(stdout)).toBeLessThan(700 * MIB);
  } finally {
    await rmdir(group);
  }
});

/** A control group of this one's, with a limit in bytes; of either version. */
async function makeGroup(limit: number): Promise<string> {
  const own = await readFile('/proc/self/cgroup', 'utf8');
  const name = `nix-remote-build-test-${process.pid}`;
  const first = /^\d+:memory:(.*)$/m.exec(own)?.[1];
  if (first !== undefined) {
    const group = path.join('/sys/fs/cgroup/memory', first, name);
    await mkdir(group);
    await writeFile(path.join(group, 'memory.limit_in_bytes'), `${limit}`);
    return group;
  }
  // Of version 2 only groups without processes of their own have groups with limits, and the top one.
  await writeFile('/sys/fs/cgroup/cgroup.subtree_control', '+memory');
  const group = path.join('/sys/fs/cgroup', name);
  await mkdir(group);
  await writeFile(path.join(group, 'memory.max'), `${limit}`);
  return group;
}
