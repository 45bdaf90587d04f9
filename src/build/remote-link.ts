import { setTimeout as delay } from 'node:timers/promises';
import { ActionError, asActionError, toError, type ErrorCode } from '../domain/errors.ts';

/** How connecting again is tried, in milliseconds. */
export interface Patience {
  /** The first wait; each further one is twice as long. */
  readonly firstMs: number;
  readonly longestMs: number;
  /** What all tries and waits may take together. */
  readonly totalMs: number;
  /** When all was in vain, how long everybody is told so at once, without another try. */
  readonly restMs: number;
}

const PATIENCE: Patience = { firstMs: 500, longestMs: 8000, totalMs: 60_000, restMs: 0 };

/** A connection that was lost. */
export interface Loss {
  readonly reason: Error;
  /** Seconds, of `performance.now()`. */
  readonly at: number;
}

/** A connection, as far as it matters to who keeps one up. */
export interface Linked {
  /** For people. */
  readonly label: string;
  /** So far, SSH's own included. */
  readonly bytesSent: number;
  readonly bytesReceived: number;
  /** Settles only if it is lost, with the reason. */
  readonly lost: Promise<Error>;
  close(): void;
}

export interface RemoteLinkOptions<T extends Linked> {
  /** The connection that there is already. */
  readonly first: T;
  /** Makes another. */
  readonly connect: (signal: AbortSignal) => Promise<T>;
  /** Told when a connection was lost, and when there is one again. */
  readonly onNotice: (text: string) => void;
  readonly patience?: Patience;
}

/** What passes by itself: a machine that starts again, a network that comes back. */
export const PASSING: ReadonlySet<ErrorCode> = new Set([
  'host-unresolvable',
  'host-unreachable',
  'connect-timeout',
  'connection-lost',
  'channel-refused',
]);

/** A remote whose connection is made anew when it was lost and somebody needs it. */
export class RemoteLink<T extends Linked> {
  readonly #options: RemoteLinkOptions<T>;
  readonly #patience: Patience;
  readonly #label: string;
  readonly #closing = new AbortController();
  #current: T | undefined;
  #last: T;
  #connecting: Promise<T> | undefined;
  #loss: Loss | undefined;
  /** Why there is no connection, until then on `performance.now()`. */
  #resting: { readonly error: unknown; readonly until: number } | undefined;
  #reconnects = 0;
  /** Bytes of connections that are gone. */
  #sent = 0;
  #received = 0;

  constructor(options: RemoteLinkOptions<T>) {
    this.#options = options;
    this.#patience = options.patience ?? PATIENCE;
    this.#label = options.first.label;
    this.#last = options.first;
    this.#hold(options.first);
  }

  /** The connection that was made last; it may be lost. */
  get last(): T {
    return this.#last;
  }

  /** How often there was a new connection after a lost one. */
  get reconnects(): number {
    return this.#reconnects;
  }

  /** Over all connections, SSH's own included. */
  get bytesSent(): number {
    return this.#sent + (this.#current?.bytesSent ?? 0);
  }

  get bytesReceived(): number {
    return this.#received + (this.#current?.bytesReceived ?? 0);
  }

  /** The last one. */
  get loss(): Loss | undefined {
    return this.#loss;
  }

  /**
   * The remote as it is now; after a loss, as soon as there is a connection again. Who asks meanwhile waits for the same connection.
   * @param signal ends this wait alone
   * @throws ActionError of ssh/, the last one when no connection came about in time, or `cancelled`
   */
  async get(signal: AbortSignal): Promise<T> {
    if (this.#current && !this.#closing.signal.aborted) return this.#current;
    if (this.#resting && performance.now() < this.#resting.until) throw this.#resting.error;
    this.#connecting ??= this.#reconnect()
      .catch((error: unknown) => this.#rest(error))
      .finally(() => (this.#connecting = undefined));
    return until(signal, this.#connecting);
  }

  /** Ends the connection, and all waits. Idempotent. */
  close(): void {
    this.#closing.abort();
    this.#current?.close();
  }

  #hold(remote: T): void {
    this.#current = remote;
    this.#last = remote;
    void remote.lost.then((reason) => {
      this.#sent += remote.bytesSent;
      this.#received += remote.bytesReceived;
      this.#current = undefined;
      this.#loss = { reason, at: performance.now() / 1000 };
      this.#options.onNotice(reason.message);
    });
  }

  #rest(error: unknown): never {
    this.#resting = { error, until: performance.now() + this.#patience.restMs };
    throw error;
  }

  async #reconnect(): Promise<T> {
    const began = performance.now();
    const limit = AbortSignal.timeout(this.#patience.totalMs);
    const signal = AbortSignal.any([this.#closing.signal, limit]);
    let last: ActionError | undefined;
    for (let waitMs = this.#patience.firstMs; ; waitMs *= 2) {
      try {
        if (this.#closing.signal.aborted) throw closed(this.#label);
        return this.#welcome(await this.#options.connect(signal));
      } catch (thrown) {
        if (this.#closing.signal.aborted) throw closed(this.#label);
        // What the limit itself broke off says nothing of the remote.
        if (!limit.aborted) last = asActionError(thrown);
        if (last && !PASSING.has(last.code)) throw last;
      }
      const pauseMs = Math.min(waitMs, this.#patience.longestMs) * (0.5 + Math.random());
      // Cut short by the limit or by closing, of which the next turn tells.
      await delay(pauseMs, undefined, { signal }).catch(() => undefined);
      if (limit.aborted) throw gaveUp(this.#label, last, (performance.now() - began) / 1000);
    }
  }

  #welcome(remote: T): T {
    if (this.#closing.signal.aborted) {
      remote.close();
      throw closed(this.#label);
    }
    this.#reconnects += 1;
    this.#hold(remote);
    this.#options.onNotice(`connected to ${this.#label} again`);
    return remote;
  }
}

function gaveUp(label: string, last: ActionError | undefined, seconds: number): ActionError {
  const { code, message, hint } =
    last ?? new ActionError('connect-timeout', `${label} does not answer`);
  return new ActionError(code, `${message} (tried for ${seconds.toFixed(0)} s)`, {
    hint,
    cause: last,
  });
}

function closed(label: string): ActionError {
  return new ActionError('cancelled', `the offload socket no longer uses ${label}`);
}

/** A wait that the signal ends; what is waited for goes on. */
async function until<T>(signal: AbortSignal, waited: Promise<T>): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const stop = (): void => aborted.reject(toError(signal.reason));
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([waited, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
