import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runNix } from '../../src/nix/nix-command.ts';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(path.join(os.tmpdir(), 'nix-command-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Runs a shell script in the place of `nix`. */
async function run(script: string, signal = new AbortController().signal) {
  const nix = path.join(folder, 'nix');
  await writeFile(nix, `#!/bin/sh\n${script}\n`);
  await chmod(nix, 0o755);
  const lines: string[] = [];
  const env = { PATH: process.env['PATH'] };
  const onStderr = (line: string) => void lines.push(line);
  const exit = await runNix({ nix, args: [], workingDirectory: folder, env, signal, onStderr });
  return { ...exit, lines };
}

// what git's ssh is with ControlPersist; it ends with the test's folder
const LINGERING = `setsid sh -c 'while [ -e "$0" ]; do sleep 1; done' "$0" &`;

describe('runNix', { timeout: 15_000 }, () => {
  it('hands on all that the program wrote, and how it ended', async () => {
    expect(await run('echo out; printf "one\\ntwo" >&2; exit 3')).toEqual({
      stdout: 'out\n',
      lines: ['one', 'two'],
      exitCode: 3,
      signal: undefined,
    });
  });

  it('does not wait for a process that the program left behind with its pipes', async () => {
    const { stdout, exitCode } = await run(`${LINGERING} echo out`);
    expect({ stdout, exitCode }).toEqual({ stdout: 'out\n', exitCode: 0 });
  });

  it('is cancelled although such a process lives on', async () => {
    const cancelling = new AbortController();
    const running = run(`${LINGERING} sleep 30`, cancelling.signal);
    setTimeout(() => cancelling.abort(), 300);
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
  });
});
