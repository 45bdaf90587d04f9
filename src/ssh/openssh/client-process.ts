import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

import { Diagnostics } from '../diagnostics.ts';

/** Ended by a signal: as shells have it. */
const KILLED = 128;

/** Milliseconds that what it said may take to be read once it has ended. */
const LAST_WORDS = 500;

/** Milliseconds that the client has for saying goodbye. */
const FAREWELL = 1000;

/**
 * Runs its arguments until they end, or standard input does: that is a pipe which this process holds, and it ends with this process however
 * that ends. What is run gets another standard input, and the exit code is its own.
 */
const WITH_US = `
exec 3<&0 </dev/null
"$@" 3<&- &
program=$!
{ read -r line <&3; kill "$program"; } >/dev/null 2>&1 &
watch=$!
wait "$program"
code=$?
kill "$watch" 2>/dev/null
exit "$code"`;

/** An OpenSSH client that runs as long as it is wanted, and no longer than we do. */
export class ClientProcess {
  /** Settles when it has ended and all that it said is there; with its exit code, undefined if it could not be started. */
  readonly ended: Promise<number | undefined>;
  readonly #child: ChildProcess;
  readonly #said = new Diagnostics();
  readonly #ready = Promise.withResolvers<string>();

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#said = new Diagnostics(child.stderr ?? undefined);
    this.ended = new Promise((resolve) => {
      child.once('error', () => resolve(undefined));
      child.once('close', (code) => resolve(code ?? KILLED));
      // A command of the user's (ProxyCommand) may hold its standard error open for longer.
      child.once('exit', (code) => void delay(LAST_WORDS).then(() => resolve(code ?? KILLED)));
    });
    this.#listen();
  }

  static start(words: readonly string[], env: Readonly<Record<string, string>>): ClientProcess {
    // A group of its own: an interrupt is for the step to hear, and a password cannot be asked for.
    const child = spawn('/bin/sh', ['-c', WITH_US, 'sh', ...words], { env, detached: true });
    child.stdin.on('error', () => undefined);
    return new ClientProcess(child);
  }

  /** What it said last, standard error alone. */
  get said(): string {
    return this.#said.text();
  }

  /** The user that it has logged in as; undefined when it ends before it has. */
  ready(): Promise<string | undefined> {
    return Promise.race([this.#ready.promise, this.ended.then(() => undefined)]);
  }

  /** Ends it. Idempotent. */
  close(): void {
    this.#child.stdin?.end();
    void this.#killLater();
  }

  async #killLater(): Promise<void> {
    const isLate = await Promise.race([
      this.ended.then(() => false),
      delay(FAREWELL, true, { ref: false }),
    ]);
    const { pid } = this.#child;
    if (!isLate || pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It has ended in between.
    }
  }

  #listen(): void {
    let text = '';
    this.#child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text = (text + chunk).slice(0, 1000);
      const user = /^ready (.*)\n/m.exec(text)?.[1];
      if (user === undefined) return;
      // What it said before, a banner for example, is not why it will end.
      this.#said.forget();
      this.#ready.resolve(user);
    });
  }
}
