import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ActionError } from '../domain/errors.ts';
import { oneLine } from '../domain/text.ts';
import { removeTunnelFolder } from '../tunnel/folder.ts';
import { PRIVATE_DAEMON_SCRIPT } from './private-daemon-script.ts';

/** Milliseconds for sudo and the daemon to start; both take a few dozen. */
const START_LIMIT = 30_000;

/** Milliseconds for the daemon to end; its script gives those that still build a second. */
const STOP_LIMIT = 15_000;

/** Milliseconds between looks whether it listens. */
const INTERVAL = 20;

/** Characters that are kept of what it says. */
const WORDS_LIMIT = 8192;

/** What a daemon downloads with. A proxy's URL may hold a password, so that none of it may be an argument. */
const HANDED_ON = [
  ...['NIX_SSL_CERT_FILE', 'SSL_CERT_FILE'],
  ...['http_proxy', 'https_proxy', 'ftp_proxy', 'all_proxy', 'no_proxy'],
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'FTP_PROXY', 'ALL_PROXY', 'NO_PROXY'],
] as const;

export interface PrivateDaemonPlan {
  /** `nix-daemon`, by its absolute path. */
  readonly program: string;
  /** Of mode 0700 and empty; it is removed in the end. */
  readonly folder: string;
  readonly nixConf: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The process in which sudo runs the daemon, and its folder. */
export class PrivateDaemonProcess implements AsyncDisposable {
  readonly socketPath: string;
  readonly ended: Promise<string>;
  readonly #folder: string;
  readonly #child: ChildProcessWithoutNullStreams;
  #stdout = '';
  #stderr = '';
  #isOver = false;

  private constructor(folder: string, child: ChildProcessWithoutNullStreams) {
    this.socketPath = path.join(folder, 'socket');
    this.#folder = folder;
    this.#child = child;
    child.stdout.setEncoding('utf8').on('data', (text: string) => this.#hear(text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-WORDS_LIMIT);
    });
    child.on('error', (error) => (this.#stderr += error.message));
    this.ended = new Promise((resolve) => {
      child.once('close', () => {
        this.#isOver = true;
        resolve(this.#lastWords());
      });
    });
  }

  static async start(plan: PrivateDaemonPlan): Promise<PrivateDaemonProcess> {
    const { program, folder, nixConf, env } = plan;
    const script = path.join(folder, 'serve.sh');
    const trust = `extra-trusted-users = ${userName()}`;
    await writeFile(path.join(folder, 'nix.conf'), `${nixConf}\n${trust}\n`, { mode: 0o600 });
    await writeFile(script, PRIVATE_DAEMON_SCRIPT, { mode: 0o600 });
    const asRoot = process.geteuid?.() === 0 ? [] : ['sudo', '-n', '--'];
    const [command, ...args] = [...asRoot, '/bin/sh', script, program, folder];
    const child = spawn(command, args, {
      env: { PATH: env['PATH'] ?? '' },
      // A session of its own: what a cancelled job's group is sent does not reach sudo, which would pass it on.
      detached: true,
    });
    child.stdin.on('error', () => undefined);
    // It stays open: the daemon lives as long.
    child.stdin.write([...environmentLines(env), '.\n'].join('\n'));
    return new PrivateDaemonProcess(folder, child);
  }

  /**
   * Resolves when it takes clients.
   * @throws ActionError `daemon-untrusted`, `daemon-error`, `cancelled`
   */
  async ready(signal: AbortSignal): Promise<void> {
    const deadline = performance.now() + START_LIMIT;
    while (!(await accepts(this.socketPath))) {
      if (signal.aborted) {
        throw new ActionError('cancelled', 'cancelled while a private Nix daemon started', {
          cause: signal.reason,
        });
      }
      if (this.#isOver) throw this.#whyNot();
      if (performance.now() > deadline) {
        throw new ActionError(
          'daemon-error',
          `a private Nix daemon takes no clients after ${START_LIMIT / 1000} s: ${this.#lastWords()}`,
        );
      }
      await delay(INTERVAL);
    }
  }

  async stop(): Promise<void> {
    this.#child.stdin.destroy();
    const limit = new AbortController();
    const late = delay(STOP_LIMIT, 'late' as const, { signal: limit.signal });
    late.catch(() => undefined);
    const outcome = await Promise.race([this.ended, late]);
    limit.abort();
    if (outcome === 'late' && !this.#isOver) {
      this.#letGo();
      throw new ActionError(
        'internal',
        `the private Nix daemon did not end within ${STOP_LIMIT / 1000} s: ${this.#lastWords()}`,
        { hint: `End it as root: it listens at ${this.socketPath}.` },
      );
    }
    await removeTunnelFolder(this.#folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** It is not to keep this process from ending. */
  #letGo(): void {
    this.#child.stdout.destroy();
    this.#child.stderr.destroy();
    this.#child.unref();
  }

  #hear(text: string): void {
    this.#stdout = (this.#stdout + text).slice(-WORDS_LIMIT);
    // Without its daemon the script waits for us alone.
    if (/^ended$/m.test(this.#stdout)) this.#child.stdin.destroy();
  }

  /** Until the script says that it runs, sudo spoke. */
  #whyNot(): ActionError {
    const words = this.#lastWords();
    if (/^started$/m.test(this.#stdout)) {
      return new ActionError(
        'daemon-error',
        `a private Nix daemon ended while it started: ${words}`,
      );
    }
    const user = userName();
    return new ActionError(
      'daemon-untrusted',
      `the local Nix daemon does not trust user '${user}', and sudo starts no private one without a password: ${words}`,
      {
        hint:
          `Either add the line 'trusted-users = root ${user}' to /etc/nix/nix.conf on this runner and start its nix-daemon again, or let ${user} ` +
          'use sudo without a password, or use the mode remote-store, which needs neither.',
      },
    );
  }

  #lastWords(): string {
    const lines = this.#stderr.split('\n').filter((line) => line.trim() !== '');
    return oneLine(lines.slice(-3).join(' | '));
  }
}

/** As Nix calls who connects (daemon.cc): by number if the user database does not know him. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.geteuid?.());
  }
}

function environmentLines(env: PrivateDaemonPlan['env']): readonly string[] {
  return HANDED_ON.flatMap((name) => {
    const value = env[name];
    return value === undefined || value.includes('\n') ? [] : [`${name}=${value}`];
  });
}

async function accepts(socketPath: string): Promise<boolean> {
  const socket = connect(socketPath);
  const answers = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
  });
  socket.destroy();
  return answers;
}
