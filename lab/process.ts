import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import type { Readable, Writable } from 'node:stream';
import { LabError } from './errors.ts';
import { until, within } from './wait.ts';

/** How a process ended: by itself with a code, or by a signal. */
export type Exit =
  | { readonly code: number; readonly signal: undefined }
  | { readonly code: undefined; readonly signal: NodeJS.Signals };

/** A finished process and all it printed. */
export type Finished = Exit & {
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output as it was. */
  readonly stdoutBytes: Buffer;
};

/**
 * A process inside a host. Its standard streams are pipes; nothing reads them but who asks
 * ({@link HostProcess.stdout}, {@link HostProcess.collect}).
 */
export class HostProcess {
  readonly argv: readonly string[];
  /** Resolves when its output has ended too, which its children may keep open. */
  readonly exited: Promise<Exit>;
  /** Resolves when it is gone itself. */
  readonly #gone: Promise<unknown>;
  readonly #outer: ChildProcessByStdio<Writable, Readable, Readable>;
  #inner: number | undefined;

  /** @param outer nsenter(1), whose only child is the process meant */
  constructor(argv: readonly string[], outer: ChildProcessByStdio<Writable, Readable, Readable>) {
    this.argv = argv;
    this.#outer = outer;
    this.exited = new Promise((resolve, reject) => {
      outer.once('error', reject);
      outer.once('close', (code, signal) =>
        resolve(
          signal === null ? { code: code ?? -1, signal: undefined } : { code: undefined, signal },
        ),
      );
    });
    this.exited.catch(() => undefined);
    this.#gone = new Promise((resolve) => outer.once('exit', resolve).once('error', resolve));
    // Who writes to a process that has ended finds out by its exit.
    outer.stdin.on('error', () => undefined);
  }

  get stdin(): Writable {
    return this.#outer.stdin;
  }

  get stdout(): Readable {
    return this.#outer.stdout;
  }

  get stderr(): Readable {
    return this.#outer.stderr;
  }

  get running(): boolean {
    return this.#outer.exitCode === null && this.#outer.signalCode === null;
  }

  /** Its process id as seen from outside the host. */
  async pid(): Promise<number> {
    this.#inner ??= await until(5000, `start of ${this.argv[0]}`, async () => {
      if (!this.running) {
        throw new LabError(`${this.argv.join(' ')} has already ended`);
      }
      return this.#outer.pid === undefined ? undefined : (await childrenOf(this.#outer.pid))[0];
    });
    return this.#inner;
  }

  /** Sends a signal to the process itself, none of its children. No error if it has ended. */
  async signal(signal: NodeJS.Signals): Promise<void> {
    if (!this.running) {
      return;
    }
    const pid = await this.pid();
    kill(pid, signal);
    if (signal === 'SIGCONT' && this.#outer.pid !== undefined) {
      // nsenter stops itself when its child stops, and would not see the child's end.
      kill(this.#outer.pid, signal);
    }
  }

  /** Ends the process, none of its children: SIGTERM, and after `graceMs` SIGKILL. */
  async stop(graceMs = 2000): Promise<void> {
    await this.signal('SIGTERM');
    await this.signal('SIGCONT');
    await within(graceMs, `end of ${this.argv[0]}`, this.#gone).catch(async () => {
      await this.signal('SIGKILL');
      await within(5000, `death of ${this.argv[0]}`, this.#gone);
    });
  }

  /** Reads both streams to their end and waits for the exit. */
  async collect(): Promise<Finished> {
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    this.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    this.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    const exit = await this.exited;
    const stdoutBytes = Buffer.concat(stdout);
    return {
      ...exit,
      stdoutBytes,
      stdout: stdoutBytes.toString('utf8'),
      stderr: Buffer.concat(stderr).toString('utf8'),
    };
  }
}

/** Starts a program with pipes on its three standard streams. */
export function spawnPiped(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): ChildProcessByStdio<Writable, Readable, Readable> {
  return spawn(program, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
}

/** Process ids of the direct children of a process with one thread; empty if it is gone. */
export async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return text.split(' ').filter(Boolean).map(Number);
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) {
      throw error;
    }
  }
}
