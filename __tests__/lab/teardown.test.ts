import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempDisposable, readdir, readFile, readlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { cacheFolder, rootFolder, until } from '../../lab/index.ts';

const PROGRAM = path.join(import.meta.dirname, 'fixture', 'busy-lab.ts');

/** Process ids that belong to any of these pid namespaces, or to one nested in them. */
async function membersOf(namespaces: ReadonlySet<string>): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const links = ['pid', 'pid_for_children', 'mnt'].map((kind) =>
        readlink(`/proc/${pid}/ns/${kind}`).catch(() => ''),
      );
      return (await Promise.all(links)).some((link) => namespaces.has(link));
    }),
  );
  return pids.filter((_, index) => found[index]);
}

async function mounts(): Promise<string> {
  return await readFile('/proc/self/mountinfo', 'utf8');
}

/** What the lab could have left: below its cache, and in a folder of temporary files of its own. */
async function files(temporary: string): Promise<string[]> {
  const stage = path.join(cacheFolder(), 'stage');
  const folders = [cacheFolder(), stage, temporary];
  const names = await Promise.all(folders.map((folder) => readdir(folder)));
  return names.flat();
}

/** Starts a program that has a whole lab at work, and gives its process and the namespaces of its hosts. */
async function startBusyLab(temporary: string) {
  const child = spawn(process.execPath, [PROGRAM], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, TMPDIR: temporary },
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const line = await until(
    40_000,
    'a lab at work',
    () => /^hosts (.*)$/m.exec(text)?.[1],
    () => text,
  );
  const pids = line.split(' ');
  const links = pids.flatMap((pid) => [`/proc/${pid}/ns/pid`, `/proc/${pid}/ns/mnt`]);
  return { child, namespaces: new Set(await Promise.all(links.map((link) => readlink(link)))) };
}

it.each(['its own stop', 'SIGKILL', 'SIGTERM'] as const)(
  'nothing is left of a lab at work after %s',
  async (end) => {
    await rootFolder('sid');
    await using temporary = await mkdtempDisposable(path.join(tmpdir(), 'lab-'));
    const { child, namespaces } = await startBusyLab(temporary.path);
    const before = { mounts: await mounts(), files: await files(temporary.path) };
    expect((await membersOf(namespaces)).length).toBeGreaterThan(6);

    const exited = once(child, 'exit');
    if (end === 'its own stop') {
      child.stdin.end();
    } else {
      child.kill(end);
    }
    await exited;
    const gone = async () => (await membersOf(namespaces)).length === 0;
    await until(end === 'its own stop' ? 2000 : 20_000, 'end of all processes', gone);
    expect(await mounts()).toBe(before.mounts);
    expect(await files(temporary.path)).toEqual(before.files);
    expect(await readdir(temporary.path)).toEqual([]);
  },
);
