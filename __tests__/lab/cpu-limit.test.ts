import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { CpuLimit, startNixHost } from '../../lab/index.ts';

it('limits what runs on a host, what is added, and what these start; in the end nobody', async () => {
  await using host = await startNixHost();
  const added = host.spawn(['sh', '-c', 'read line; sleep 100 & cat']);
  const pid = await added.pid();
  const groupsOf = (each: number): Promise<string> => readFile(`/proc/${each}/cgroup`, 'utf8');
  const before = await Promise.all([groupsOf(host.pid), groupsOf(pid)]);
  {
    await using limit = await CpuLimit.put(host, 0.25);
    expect(await groupsOf(host.pid)).toContain(`lab-${host.pid}`);
    await limit.add(pid);
    added.stdin.write('go\n');
    const [child] = await childrenOf(pid, 2);
    expect(await groupsOf(child ?? 0)).toContain(`lab-${host.pid}`);
  }
  expect(await Promise.all([groupsOf(host.pid), groupsOf(pid)])).toEqual(before);
  added.stdin.end();
});

/** As soon as it has so many. */
async function childrenOf(pid: number, count: number): Promise<readonly number[]> {
  for (;;) {
    const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
    const pids = text.split(' ').filter(Boolean).map(Number);
    if (pids.length >= count) return pids;
  }
}
