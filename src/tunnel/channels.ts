import { setTimeout as delay } from 'node:timers/promises';
import { ActionError } from '../domain/errors.ts';
import type { SshConnection } from '../ssh/connection.ts';
import { FurtherConnections } from './further-connections.ts';
import type { ServiceStream } from './service.ts';
import { SpareChannel } from './spare.ts';

/** Milliseconds that sshd is given to notice that programs have ended, one turn after the other. */
const CLOSING_MS = [100, 400, 1500] as const;

/** Milliseconds after which one who waits asks again even so: others may use the connection too. */
const RETRY_MS = 5000;

/** How many connections may be lost under one request, each before its channel is open. */
const MAX_LOSSES = 3;

export interface ChannelsOptions {
  /** The connection as it is now; after a loss, as soon as there is one again. */
  readonly connection: (signal: AbortSignal) => Promise<SshConnection>;
  readonly open: (connection: SshConnection) => Promise<ServiceStream>;
  /** One more connection, for when the server allows no more channels on this one; without it they wait. */
  readonly further?: ((signal: AbortSignal) => Promise<SshConnection>) | undefined;
}

/**
 * Channels to one remote. On one connection there are as many as the server allows (sshd: MaxSessions, 10, of those that are programs); where
 * it refuses another, that goes on a further connection, and waits until one is closed where there can be none.
 */
export class Channels {
  readonly #options: ChannelsOptions;
  /** Those who wait, first come first. */
  readonly #waiting: (() => void)[] = [];
  readonly #spare: SpareChannel;
  readonly #further: FurtherConnections | undefined;
  /** Connections on which a channel has opened, or is about to be the first. */
  readonly #firsts = new WeakMap<SshConnection, Promise<unknown>>();
  #open = 0;
  /** When one was closed last, milliseconds. */
  #closedAt = -Infinity;

  constructor(options: ChannelsOptions) {
    this.#options = options;
    this.#spare = new SpareChannel(options.open);
    this.#further = options.further && new FurtherConnections(options.further);
  }

  /** How many are open. */
  get open(): number {
    return this.#open;
  }

  /** @throws ActionError of the connection, `channel-refused` when not even one opens, or the signal's reason */
  async request(signal: AbortSignal): Promise<ServiceStream> {
    let patience: Iterator<number, undefined> = CLOSING_MS.values();
    for (let losses = 0; ;) {
      const connection = await this.#options.connection(signal);
      try {
        return this.#count(await this.#openFrom(connection, signal));
      } catch (error) {
        if (isCode(error, 'connection-lost') && losses < MAX_LOSSES) {
          losses += 1;
          await connection.closed;
          continue;
        }
        const pause = patience.next().value ?? (this.#open > 0 ? RETRY_MS : undefined);
        if (!isCode(error, 'channel-refused') || pause === undefined) throw error;
        if (await this.#oneCloses(signal, pause)) patience = CLOSING_MS.values();
      }
    }
  }

  /** Closes what is kept for clients to come. */
  close(): void {
    this.#spare.close();
    this.#further?.close();
  }

  /** On this connection, or on a further one where it refuses, and not for that a channel is just being closed. */
  async #openFrom(connection: SshConnection, signal: AbortSignal): Promise<ServiceStream> {
    try {
      const stream = (await this.#spare.take(connection)) ?? (await this.#openOn(connection));
      // Programs are what sshd counts, and a client who needs one must not find its place taken.
      if (stream.stderr === undefined) this.#spare.prepare(connection);
      return stream;
    } catch (error) {
      const isClosing = performance.now() - this.#closedAt < CLOSING_MS[0];
      if (!isCode(error, 'channel-refused') || this.#open === 0 || isClosing) throw error;
      const stream = await this.#further?.open(signal, (on) => this.#openOn(on));
      if (stream === undefined) throw error;
      return stream;
    }
  }

  /** The first channel alone: it finds out what the server has (see `openWorkerChannel`), and the others need not. */
  async #openOn(connection: SshConnection): Promise<ServiceStream> {
    const first = this.#firsts.get(connection);
    if (first !== undefined) {
      await first.catch(() => undefined);
      return await this.#options.open(connection);
    }
    const opening = this.#options.open(connection);
    this.#firsts.set(connection, opening);
    return await opening;
  }

  #count(stream: ServiceStream): ServiceStream {
    this.#open += 1;
    stream.duplex.once('close', () => {
      this.#open -= 1;
      this.#closedAt = performance.now();
      this.#waiting.shift()?.();
    });
    return stream;
  }

  /** @returns false when none did within `limitMs` */
  async #oneCloses(signal: AbortSignal, limitMs: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const wake = (): void => resolve(true);
    this.#waiting.push(wake);
    const decided = new AbortController();
    try {
      const limit = delay(limitMs, false, { signal: AbortSignal.any([signal, decided.signal]) });
      return await Promise.race([promise, limit]);
    } finally {
      decided.abort();
      const index = this.#waiting.indexOf(wake);
      if (index !== -1) this.#waiting.splice(index, 1);
    }
  }
}

function isCode(error: unknown, code: ActionError['code']): boolean {
  return error instanceof ActionError && error.code === code;
}
