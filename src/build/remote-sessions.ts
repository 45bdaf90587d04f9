import { setTimeout as delay } from 'node:timers/promises';
import { ActionError } from '../domain/errors.ts';
import type { Store } from '../store/store.ts';
import { optionsKey, type BuildOptions, type Logging } from './daemon-options.ts';
import type { BuildSession, Remote } from './remote.ts';

/** For sessions that only ask and copy. */
export const NO_OPTIONS: BuildOptions = {
  keepGoing: undefined,
  maxJobs: undefined,
  cores: undefined,
  timeout: undefined,
  maxSilentTime: undefined,
  settings: new Map(),
};

/** How many sessions are kept for the next request: each is a process on the remote. */
const MAX_IDLE = 4;

/** Milliseconds that sshd is given to notice that programs have ended, one turn after the other. */
const CLOSING_MS = [100, 400, 1500];

/** A session that nobody else uses, until it is given back. */
export interface Lease {
  readonly store: Store;
  /** What of the options could not reach it, for people. */
  readonly warnings: readonly string[];
  /** Gives it back. What was closed meanwhile is not used again. */
  release(): void;
}

interface Idle {
  readonly store: Store;
  readonly warnings: readonly string[];
  readonly key: string;
}

/**
 * Sessions with one remote for many requests: opening one takes a round trip, so those that are free again are kept. sshd bounds how many
 * programs run on a connection (MaxSessions, 10); where it refuses another, a request waits until one is given back.
 */
export class RemoteSessions {
  readonly #remote: Remote;
  readonly #idle: Idle[] = [];
  readonly #waiting: (() => void)[] = [];
  #leased = 0;

  constructor(remote: Remote) {
    this.#remote = remote;
  }

  /** @throws ActionError of the connection; `cancelled` when the signal fires before a session is free */
  async acquire(options: BuildOptions, logging: Logging, signal: AbortSignal): Promise<Lease> {
    const key = `${optionsKey(options)} ${JSON.stringify(logging)}`;
    const patience = [...CLOSING_MS];
    for (;;) {
      const idle = this.#takeIdle(key);
      if (idle) return this.#lease(idle);
      const session = await this.#open(options, logging);
      if (!(session instanceof ActionError)) return this.#lease({ ...session, key });
      this.#idle.shift()?.store.close();
      if (this.#leased > 0) {
        await this.#released(signal);
        continue;
      }
      const pause = patience.shift();
      if (pause === undefined) throw session;
      await delay(pause);
    }
  }

  /** @returns the refusal, where sshd opens no more */
  async #open(options: BuildOptions, logging: Logging): Promise<BuildSession | ActionError> {
    this.#leased += 1;
    try {
      return await this.#remote.sessionWith(options, logging);
    } catch (error) {
      // Who was refused beside this one waits for it to be given back.
      this.#waiting.shift()?.();
      if (error instanceof ActionError && error.code === 'channel-refused') return error;
      throw error;
    } finally {
      this.#leased -= 1;
    }
  }

  #takeIdle(key: string): Idle | undefined {
    for (;;) {
      const index = this.#idle.findIndex((idle) => idle.key === key);
      const [idle] = index === -1 ? [] : this.#idle.splice(index, 1);
      if (idle?.store.isOpen !== false) return idle;
    }
  }

  #lease(session: Idle): Lease {
    this.#leased += 1;
    let isReleased = false;
    return {
      store: session.store,
      warnings: session.warnings,
      release: () => {
        if (isReleased) return;
        isReleased = true;
        this.#leased -= 1;
        if (session.store.isOpen) this.#idle.push(session);
        if (this.#idle.length > MAX_IDLE) this.#idle.shift()?.store.close();
        this.#waiting.shift()?.();
      },
    };
  }

  #released(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(go), 1);
        reject(new ActionError('cancelled', 'cancelled while waiting for a session'));
      };
      const go = (): void => {
        signal.removeEventListener('abort', stop);
        resolve();
      };
      this.#waiting.push(go);
      signal.addEventListener('abort', stop, { once: true });
      if (signal.aborted) stop();
    });
  }
}
