import { setTimeout as delay } from 'node:timers/promises';

import type { ByteStream } from '../../domain/byte-stream.ts';
import { ActionError } from '../../domain/errors.ts';
import { channelRefused, noAnswer, type Asked } from '../channel-request.ts';
import type { ExecStream, SshConnection } from '../connection.ts';
import { connectionLabel } from '../label.ts';
import type { OpensshOptions, Timeouts } from '../options.ts';
import { quoteCommand } from '../shell-quote.ts';
import { windowFor } from '../window.ts';
import { sshString, uint32 } from '../wire.ts';
import type { Channel } from './channel.ts';
import type { ClientProcess } from './client-process.ts';
import { lossReason } from './failure.ts';
import type { Multiplexer } from './multiplexer.ts';
import { MuxStream } from './stream.ts';

/**
 * Bytes. What arrives faster than we read it waits in the client, whose buffer takes a copy of itself for every packet that makes it grow
 * (sshbuf.c): with 8 MiB of them it carries a quarter of what it does with 2 (OpenSSH 9.2).
 */
const WIDEST_WINDOW = 4 * 1024 * 1024;

/** Milliseconds from the end of the control socket to the client's last words. */
const LAST_WORDS = 500;

export interface ConnectionParts {
  readonly options: OpensshOptions;
  readonly timeouts: Timeouts;
  readonly user: string;
  readonly process: ClientProcess;
  readonly multiplexer: Multiplexer;
}

/** A connection that the machine's own OpenSSH client keeps, and channels of ours on it. */
export class OpensshConnection implements SshConnection {
  readonly label: string;
  readonly user: string;
  readonly closed: Promise<ActionError | undefined>;
  readonly #process: ClientProcess;
  readonly #multiplexer: Multiplexer;
  readonly #channelMs: number;
  readonly #fixedWindow: number | undefined;
  readonly #streams = new Set<MuxStream>();
  readonly #settleClosed: (reason: ActionError | undefined) => void;
  #roundTripMs = 0;
  #gone: ActionError | undefined;

  constructor({ options, timeouts, user, process, multiplexer }: ConnectionParts) {
    this.label = connectionLabel(user, options);
    this.user = user;
    this.#process = process;
    this.#multiplexer = multiplexer;
    this.#channelMs = timeouts.channelMs;
    this.#fixedWindow = options.windowBytes;
    const { promise, resolve } = Promise.withResolvers<ActionError | undefined>();
    this.closed = promise;
    this.#settleClosed = resolve;
    multiplexer.onEnd(() => void this.#lose());
    // Channels that are asked for meanwhile are answered after it.
    void multiplexer.measureRoundTrip().then((ms) => (this.#roundTripMs = ms));
  }

  /** 0 until the server has answered anything. */
  get roundTripMs(): number {
    return this.#roundTripMs;
  }

  /** Without what encryption adds. */
  get bytesReceived(): number {
    return this.#multiplexer.bytesReceived;
  }

  get bytesSent(): number {
    return this.#multiplexer.bytesSent;
  }

  /** As OpenSSH's servers have them (its PROTOCOL, 2.4). */
  async openSocket(path: string): Promise<ByteStream> {
    const details = Buffer.concat([sshString(path), sshString(''), uint32(0)]);
    const duplex = await this.#within(`a channel to the socket ${path}`, async (stream) => {
      await this.#open('direct-streamlocal@openssh.com', details, stream);
    });
    return { duplex, diagnostics: () => '' };
  }

  async exec(command: string | readonly string[]): Promise<ExecStream> {
    const line = typeof command === 'string' ? command : quoteCommand(command);
    const duplex = await this.#within(`the command ${line}`, async (stream) => {
      const channel = await this.#open('session', Buffer.alloc(0), stream);
      if (!(await channel.exec(line))) throw new Error('the server does not run it');
    });
    const { stderr, exit } = duplex;
    return { duplex, stderr, exit, diagnostics: () => duplex.diagnostics() };
  }

  close(): void {
    const reason = `the connection to ${this.label} was closed`;
    if (this.#end(new ActionError('connection-lost', reason))) this.#settleClosed(undefined);
  }

  /** @throws ActionError `channel-refused`, also when it takes too long, or `connection-lost` */
  async #within(what: string, open: (stream: MuxStream) => Promise<void>): Promise<MuxStream> {
    if (this.#gone !== undefined) throw this.#gone;
    const stream = new MuxStream(() => this.#windowBytes());
    this.#streams.add(stream);
    stream.once('close', () => this.#streams.delete(stream));
    const asked = { what, label: this.label, timeoutMs: this.#channelMs };
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(noAnswer(asked)), asked.timeoutMs);
    try {
      await Promise.race([open(stream), late.promise]);
      return stream;
    } catch (error) {
      stream.destroy();
      throw await this.#reasonFor(error, asked);
    } finally {
      clearTimeout(timer);
    }
  }

  async #reasonFor(error: unknown, asked: Asked): Promise<ActionError> {
    const isLost = error instanceof ActionError && error.code === 'connection-lost';
    // Why it was lost is about to be known.
    if (isLost) await this.closed;
    if (this.#gone !== undefined) return this.#gone;
    const isLate = error instanceof ActionError && error.message === noAnswer(asked).message;
    return isLate ? error : channelRefused(asked, error);
  }

  async #open(type: string, details: Buffer, stream: MuxStream): Promise<Channel> {
    const { listener } = stream;
    const window = this.#windowBytes();
    const channel = await this.#multiplexer.open({ type, details, listener, window });
    stream.attach(channel);
    return channel;
  }

  #windowBytes(): number {
    return this.#fixedWindow ?? Math.min(windowFor(this.#roundTripMs), WIDEST_WINDOW);
  }

  async #lose(): Promise<void> {
    await Promise.race([this.#process.ended, delay(LAST_WORDS)]);
    const why = lossReason(this.#process.said);
    const message = `the connection to ${this.label} was lost: ${why}`;
    const reason = new ActionError('connection-lost', message);
    if (this.#end(reason)) this.#settleClosed(reason);
  }

  /** @returns whether this is the first reason, the one that counts */
  #end(reason: ActionError): boolean {
    if (this.#gone !== undefined) return false;
    this.#gone = reason;
    for (const stream of this.#streams) stream.connectionLost(reason);
    this.#multiplexer.close();
    this.#process.close();
    return true;
  }
}
