import { mkdir, readdir, readFile, readlink, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { LabError } from './errors.ts';
import type { Host } from './host.ts';

/** Where cgroups of version 1 keep what concerns processors, and where version 2 has everything. */
const ROOTS = ['/sys/fs/cgroup/cpu', '/sys/fs/cgroup'] as const;

const PERIOD_US = 100_000;

/** A part of the machine's processors, and no more, for all that runs on a host: it is not the twin of another host any more. */
export class CpuLimit implements AsyncDisposable {
  readonly #folder: string;
  readonly #root: string;

  private constructor(root: string, folder: string) {
    this.#root = root;
    this.#folder = folder;
  }

  /**
   * Limits what runs on a host already; what it starts is limited, too.
   * @param cpus 0.25: a quarter of one processor
   * @throws LabError where this machine lets nobody make cgroups
   */
  static async put(host: Host, cpus: number): Promise<CpuLimit> {
    const quota = Math.round(cpus * PERIOD_US);
    for (const root of ROOTS) {
      const folder = path.join(root, `lab-${host.pid}`);
      try {
        await mkdir(folder);
        await setQuota(root, folder, quota);
      } catch {
        await rmdir(folder).catch(() => undefined);
        continue;
      }
      const limit = new CpuLimit(root, folder);
      for (const pid of await processesOf(host)) await limit.add(pid);
      return limit;
    }
    throw new LabError('no cgroup can be made that limits processors');
  }

  /** @param pid as seen from outside; children that it starts from now on follow it. One that has ended already is nobody's concern. */
  async add(pid: number): Promise<void> {
    await writeFile(path.join(this.#folder, 'cgroup.procs'), `${pid}`).catch(() => undefined);
  }

  /** Everything is as fast again as it was. */
  async [Symbol.asyncDispose](): Promise<void> {
    const pids = (await readProcs(this.#folder)).map((pid) =>
      writeFile(path.join(this.#root, 'cgroup.procs'), pid).catch(() => undefined),
    );
    await Promise.all(pids);
    await rmdir(this.#folder).catch(() => undefined);
  }
}

async function setQuota(root: string, folder: string, quota: number): Promise<void> {
  if (root === ROOTS[0]) {
    await writeFile(path.join(folder, 'cpu.cfs_period_us'), `${PERIOD_US}`);
    await writeFile(path.join(folder, 'cpu.cfs_quota_us'), `${quota}`);
    return;
  }
  await writeFile(path.join(root, 'cgroup.subtree_control'), '+cpu');
  await writeFile(path.join(folder, 'cpu.max'), `${quota} ${PERIOD_US}`);
}

async function readProcs(folder: string): Promise<readonly string[]> {
  const text = await readFile(path.join(folder, 'cgroup.procs'), 'utf8').catch(() => '');
  return text.split('\n').filter(Boolean);
}

/** As seen from outside: those in the same namespace of processes as the host's first. */
async function processesOf({ pid }: Host): Promise<readonly number[]> {
  const namespace = await readlink(`/proc/${pid}/ns/pid`);
  const all = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const isInside = async (each: string): Promise<boolean> =>
    (await readlink(`/proc/${each}/ns/pid`).catch(() => '')) === namespace;
  const inside = await Promise.all(
    all.map(async (each) => ((await isInside(each)) ? [Number(each)] : [])),
  );
  return inside.flat();
}
