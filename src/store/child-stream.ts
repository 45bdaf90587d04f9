import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { Duplex } from 'node:stream';
import type { ByteStream } from '../domain/byte-stream.ts';

const DIAGNOSTICS_LIMIT = 8 * 1024;

/** How long a program may take to end once its streams are closed, milliseconds; nix-daemon ends its builders meanwhile. */
const EXIT_GRACE = 5_000;

/**
 * Runs a program and speaks with it over its standard input and output. Destroying the stream closes both, which ends a
 * `nix-daemon --stdio` and its builds; one that does not end is killed.
 */
export function spawnByteStream(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): ByteStream {
  const child = spawn(program, args, { env, stdio: 'pipe' });
  let diagnostics = '';
  const note = (text: string): void => {
    diagnostics = (diagnostics + text).slice(-DIAGNOSTICS_LIMIT);
  };
  child.stderr.setEncoding('utf8').on('data', note);
  child.on('error', (error) => note(error.message));
  return { duplex: new ChildStream(child), diagnostics: () => diagnostics };
}

type WriteDone = (error?: Error | null) => void;

class ChildStream extends Duplex {
  readonly #child: ChildProcessWithoutNullStreams;

  constructor(child: ChildProcessWithoutNullStreams) {
    super();
    this.#child = child;
    const { stdin, stdout } = child;
    stdout.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) stdout.pause();
    });
    stdout.on('end', () => this.push(null));
    stdout.on('error', (error) => this.destroy(error));
    stdin.on('error', (error) => this.destroy(error));
    child.on('error', (error) => this.destroy(error));
    child.on('close', () => this.destroy());
  }

  override _read(): void {
    this.#child.stdout.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: WriteDone): void {
    this.#child.stdin.write(chunk, done);
  }

  override _writev(chunks: readonly { chunk: Buffer }[], done: WriteDone): void {
    const { stdin } = this.#child;
    const last = chunks.length - 1;
    stdin.cork();
    for (const [index, { chunk }] of chunks.entries()) {
      stdin.write(chunk, index === last ? done : undefined);
    }
    stdin.uncork();
  }

  override _final(done: () => void): void {
    this.#child.stdin.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    const child = this.#child;
    child.stdin.destroy();
    child.stdout.destroy();
    // A process that the program left behind may hold its standard error for as long as it likes.
    const end = (): void => void child.stderr.destroy();
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      const kill = setTimeout(() => child.kill('SIGKILL'), EXIT_GRACE);
      child.once('exit', () => {
        clearTimeout(kill);
        end();
      });
    } else {
      end();
    }
    done(error);
  }
}
