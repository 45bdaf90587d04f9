/**
 * The lab by hand:
 * - `node lab/cli.ts prepare [suite…]` makes its root folders;
 * - `node lab/cli.ts serve FILE FOLDER` starts a builder, writes to FILE what a workflow step needs to use it (as GITHUB_OUTPUT takes it),
 *   a flake to FOLDER, and goes on until it is ended;
 * - `node lab/cli.ts shell [suite [user]]` starts a lab, and a shell on its runner, from where stock Nix reaches `ssh-ng://ci@builder`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { startBuilder } from './builder.ts';
import { flakeFiles } from './flakes.ts';
import { startLab } from './lab.ts';
import { setUpOpenssh } from './openssh.ts';
import { script } from './recipes.ts';
import { rootFolder, SUITES, type Suite } from './rootfs.ts';
import { USERS, type UserName } from './users.ts';

const USAGE = `usage: node lab/cli.ts prepare [SUITE]…
       node lab/cli.ts serve FILE FOLDER
       node lab/cli.ts shell [SUITE [USER]]
SUITE: ${SUITES.join(', ')}; USER: ${Object.keys(USERS).join(', ')}`;

class UsageError extends Error {}

async function prepare(suites: readonly Suite[]): Promise<void> {
  for (const suite of suites.length === 0 ? SUITES : suites) {
    const { path, nixVersion } = await rootFolder(suite);
    console.log(`${suite}: Nix ${nixVersion} in ${path}`);
  }
}

async function serve(file: string, folder: string): Promise<void> {
  await using builder = await startBuilder();
  const files = await flakeFiles({ hello: script('hello', 'echo hello > $out') });
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), content, { mode: 0o755 });
  }
  const outputs = {
    store: `ssh-ng://ci@127.0.0.1:${builder.port}`,
    'known-hosts': builder.knownHosts(),
    'ssh-key': builder.key.privateKey,
    flake: folder,
  };
  const text = Object.entries(outputs).map(
    ([name, value]) => `${name}<<END\n${value.trim()}\nEND\n`,
  );
  await writeFile(`${file}.new`, text.join(''), { mode: 0o644 });
  await rename(`${file}.new`, file);
  await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
}

async function shell(suite: Suite, user: UserName): Promise<void> {
  await using lab = await startLab({ builder: { suite }, runner: { suite } });
  await setUpOpenssh(lab.runner, user, lab.builder, lab.link.port);
  const { program, args, env } = lab.runner.command(['sh', '-i'], { user });
  await once(spawn(program, args, { env, stdio: 'inherit' }), 'exit');
}

function asSuite(name: string): Suite {
  const suite = SUITES.find((each) => each === name);
  if (suite === undefined) {
    throw new UsageError(`no such suite: ${name}`);
  }
  return suite;
}

function asUser(name: string): UserName {
  const user = Object.values(USERS).find((each) => each.name === name);
  if (user === undefined) {
    throw new UsageError(`no such user: ${name}`);
  }
  return user.name;
}

async function main([command = '', ...rest]: readonly string[]): Promise<void> {
  switch (command) {
    case 'prepare':
      await prepare(rest.map(asSuite));
      break;
    case 'serve': {
      const [file, folder] = rest;
      if (file === undefined || folder === undefined) throw new UsageError('serve FILE FOLDER');
      await serve(file, folder);
      break;
    }
    case 'shell':
      await shell(asSuite(rest[0] ?? 'sid'), asUser(rest[1] ?? 'ci'));
      break;
    default:
      throw new UsageError(`no such command: ${command}`);
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) {
    throw error;
  }
  console.error(`${error.message}\n${USAGE}`);
  process.exitCode = 2;
}
