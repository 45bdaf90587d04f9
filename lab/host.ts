import { chown, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { LabError } from './errors.ts';
import { enterCommand, type Command, type RunOptions } from './enter.ts';
import { HostProcess, spawnPiped, type Finished } from './process.ts';
import { listProcesses, type HostProcessInfo } from './process-list.ts';
import type { RootFolder } from './rootfs.ts';
import type { StartedHost } from './start-host.ts';
import { USERS, type UserName } from './users.ts';
import { within } from './wait.ts';

const RUN_LIMIT_MS = 120_000;

export interface RunToEndOptions extends RunOptions {
  readonly stdin?: string | Buffer | undefined;
  /** Milliseconds; default two minutes. Then it is killed, and the error holds what it printed. */
  readonly timeoutMs?: number | undefined;
  readonly onStdout?: ((chunk: Buffer) => void) | undefined;
  readonly onStderr?: ((chunk: Buffer) => void) | undefined;
}

/**
 * A machine of its own within this one: a Debian root folder under a writable layer in memory, its own `/nix`, process
 * ids, mounts and host name; the network is the machine's. Ends with {@link Host.stop}, or with the process that started it.
 */
export class Host implements AsyncDisposable {
  readonly name: string;
  readonly root: RootFolder;
  /** Process id of the host's first process, seen from outside. */
  readonly pid: number;
  readonly #init: HostProcess;
  readonly #keeper: number;

  constructor(started: StartedHost) {
    this.name = started.name;
    this.root = started.root;
    this.pid = started.pid;
    this.#init = started.init;
    this.#keeper = started.keeper;
  }

  /**
   * Where a path of the host is seen from outside. Good for regular files, folders and sockets; an absolute symlink on the
   * way would lead out of the host.
   */
  path(inside: string): string {
    return `/proc/${this.pid}/root${inside}`;
  }

  /** Starts a program. */
  spawn(argv: readonly string[], options: RunOptions = {}): HostProcess {
    const { program, args, env } = this.command(argv, options);
    return new HostProcess(argv, spawnPiped(program, args, env));
  }

  /**
   * The command that starts a program inside, for who wants it with other streams than pipes. Variables are never part of the
   * command line, where every user of this machine could read them.
   */
  command(argv: readonly string[], options: RunOptions = {}): Command {
    return enterCommand(this.pid, argv, options);
  }

  /**
   * Runs a program to its end.
   * @throws LabError when it takes too long; not for an exit code
   */
  async run(argv: readonly string[], options: RunToEndOptions = {}): Promise<Finished> {
    const running = this.spawn(argv, options);
    let log = '';
    const hear = (listener?: (chunk: Buffer) => void) => (chunk: Buffer) => {
      log = (log + chunk.toString('latin1')).slice(-16_384);
      listener?.(chunk);
    };
    running.stdout.on('data', hear(options.onStdout));
    running.stderr.on('data', hear(options.onStderr));
    running.stdin.end(options.stdin);
    const what = `end of ${argv.join(' ').slice(0, 300)} on ${this.name}`;
    try {
      return await within(options.timeoutMs ?? RUN_LIMIT_MS, what, running.collect(), () => log);
    } catch (error) {
      await running.signal('SIGKILL').catch(() => undefined);
      throw error;
    }
  }

  /**
   * What a program prints, without the last line's end.
   * @throws LabError with what it printed when it fails
   */
  async output(argv: readonly string[], options: RunToEndOptions = {}): Promise<string> {
    const { code, signal, stdout, stderr } = await this.run(argv, options);
    if (code !== 0) {
      const how = code === undefined ? `by ${signal}` : `with ${code}`;
      throw new LabError(
        `${argv.join(' ').slice(0, 300)} on ${this.name} ended ${how}`,
        stdout + stderr,
      );
    }
    return stdout.replace(/\n$/, '');
  }

  /**
   * Writes files below a folder of the host, all owned by `user`, folders on the way included.
   * @param files path below `folder` → content; a path that starts with `bin/` becomes executable
   */
  async write(
    folder: string,
    files: Readonly<Record<string, string | Buffer>>,
    user: UserName = 'root',
  ): Promise<void> {
    const { uid } = USERS[user];
    for (const [name, content] of Object.entries(files)) {
      const file = path.join(this.path(folder), name);
      await makeOwned(path.dirname(file), uid);
      await writeFile(file, content, { mode: name.startsWith('bin/') ? 0o755 : 0o644 });
      await chown(file, uid, uid);
    }
  }

  /** The text of a file of the host. */
  async read(file: string): Promise<string> {
    return await readFile(this.path(file), 'utf8');
  }

  /** All processes of the host but the two that keep it, zombies left out. */
  async processes(): Promise<HostProcessInfo[]> {
    const all = await listProcesses(this.path('/proc'));
    return all.filter(({ pid }) => pid !== 1 && pid !== this.#keeper);
  }

  /** Ends every process of the host; its files and mounts vanish with them. */
  async stop(): Promise<void> {
    this.#init.stdin.destroy();
    await within(10_000, `end of host ${this.name}`, this.#init.exited).catch(
      async (error: unknown) => {
        await this.#init.signal('SIGKILL');
        throw error;
      },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

async function makeOwned(folder: string, uid: number): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) {
    return;
  }
  for (let each = folder; each.length >= first.length; each = path.dirname(each)) {
    await chown(each, uid, uid);
  }
}
