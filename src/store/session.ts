import type { DaemonListener } from '../domain/activity.ts';
import type { ByteStream } from '../domain/byte-stream.ts';
import type { Greeting } from '../domain/daemon.ts';
import { ActionError, toError } from '../domain/errors.ts';
import { daemonError } from '../protocol/daemon-error.ts';
import { clientHello, readGreeting } from '../protocol/handshake.ts';
import { readMessages } from '../protocol/messages.ts';
import type { Operation } from '../protocol/operations.ts';
import type { ProtocolVersion } from '../protocol/version.ts';
import { type Decoding, violation, type WireReader } from '../protocol/wire-reader.ts';
import { Fifo } from './fifo.ts';
import { Inbox } from './inbox.ts';
import { type Body, Outbox } from './outbox.ts';
import { watchSilence } from './silence.ts';
import {
  daemonSilent,
  DIAGNOSTICS_GRACE,
  greetingTimedOut,
  peerViolation,
  streamEnded,
} from './stream-ended.ts';

export interface SessionOptions {
  /** For people: `the local store`, or the store URI. Never holds a secret. */
  readonly label: string;
  /** How long the daemon may take to greet, milliseconds; 30 s unless said. */
  readonly handshakeTimeout?: number | undefined;
  /** Which protocol to speak at most: 1.37 unless said. */
  readonly protocolVersion?: ProtocolVersion | undefined;
  /** How long an answer may be due without a byte moving, milliseconds; 5 minutes unless said. Builds are not bounded. */
  readonly silenceTimeout?: number | undefined;
  /** Hears what the daemon tells during operations that have no listener of their own. */
  readonly onEvent?: DaemonListener | undefined;
  /**
   * What the daemon said when somebody else opened this stream, if so: the session takes over between two operations, and no
   * handshake is sent or expected.
   */
  readonly resumed?: Greeting | undefined;
}

/** How one operation differs from a plain request and answer. */
export interface RunOptions {
  readonly onEvent?: DaemonListener | undefined;
  readonly body?: Body | undefined;
}

/** A request that was sent or is about to be, and not yet answered. */
interface Pending {
  readonly name: string;
  /** Reads the answer and settles the caller's promise. Throws only what ends the session. */
  readonly serve: () => Decoding<void>;
  readonly fail: (error: Error) => void;
}

const HANDSHAKE_TIMEOUT = 30_000;

/** Longer than asking slow substituters, or waiting for a lock of the store, takes. */
const SILENCE_TIMEOUT = 300_000;

/**
 * One session of the worker protocol on a byte stream. Requests are written as they are made, answers are given to their
 * callers in the same order. Whatever ends the session rejects all that wait, with one error.
 */
export class Session {
  readonly label: string;
  readonly greeting: Promise<Greeting>;
  readonly #stream: ByteStream;
  readonly #options: SessionOptions;
  readonly #inbox: Inbox;
  readonly #outbox: Outbox;
  readonly #pending = new Fifo<Pending>();
  readonly #stopWatching: () => void;
  readonly #greeted = Promise.withResolvers<Greeting>();
  #handshakeTimer: NodeJS.Timeout | undefined;
  #knownGreeting: Greeting | undefined;
  #closed: Error | undefined;

  constructor(stream: ByteStream, options: SessionOptions) {
    const { silenceTimeout = SILENCE_TIMEOUT } = options;
    this.label = options.label;
    this.#stream = stream;
    this.#options = options;
    this.greeting = this.#greeted.promise;
    this.greeting.catch(() => undefined); // who waits for a request hears of it there
    this.#outbox = new Outbox(stream.duplex, (error) => this.close(toError(error)));
    this.#inbox = new Inbox(
      stream.duplex,
      (reader) => this.#serve(reader),
      (error) => this.close(this.#named(error)),
    );
    this.#stopWatching = watchSilence(
      silenceTimeout,
      () => ({ moves: this.#inbox.chunks + this.#outbox.drains, owed: this.#owed() }),
      (operation) => this.close(daemonSilent(this.label, operation, silenceTimeout)),
    );
    this.#listen();
    if (options.resumed) this.#knowGreeting(options.resumed);
    else this.#greet(options.handshakeTimeout);
  }

  /** Rejects with `daemon-error` (or its kin) if the daemon refuses; the session goes on. */
  run<T>(operation: Operation<T>, { onEvent, body }: RunOptions = {}): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    if (this.#closed) {
      reject(this.#closed);
      return promise;
    }
    const { label } = this;
    const { reader } = this.#inbox;
    const listener = onEvent ?? this.#options.onEvent;
    this.#pending.push({
      name: operation.name,
      fail: reject,
      *serve() {
        const error = yield* readMessages(reader, listener);
        if (error) reject(daemonError(label, error));
        else resolve(yield* operation.reply(reader));
      },
    });
    this.#outbox.add(operation.request, body);
    return promise;
  }

  /** Back-pressure: nothing more is read until {@link resume} is called for the same reason. */
  pause(reason: object): void {
    this.#inbox.pause(reason);
  }

  resume(reason: object): void {
    this.#inbox.resume(reason);
  }

  /** Whether it can still be asked. */
  get isOpen(): boolean {
    return this.#closed === undefined;
  }

  /** Whether nothing is on its way: a body may still be sent when its answer, an error, is there already. */
  get isIdle(): boolean {
    return this.#pending.length === 0 && !this.#outbox.isSending;
  }

  /** What {@link greeting} resolved to, if it did: who need not wait keeps its place in the order of requests. */
  get knownGreeting(): Greeting | undefined {
    return this.#knownGreeting;
  }

  /** Closes hard, and rejects whatever waits with `reason`. Idempotent. */
  close(
    reason: Error = new ActionError('cancelled', `${this.label}: the session was closed`),
  ): void {
    if (this.#closed) return;
    this.#closed = reason;
    clearTimeout(this.#handshakeTimer);
    this.#stopWatching();
    this.#greeted.reject(reason);
    for (let waiting = this.#pending.shift(); waiting; waiting = this.#pending.shift()) {
      waiting.fail(reason);
    }
    this.#inbox.close();
    this.#outbox.close(reason);
    this.#stream.duplex.destroy();
  }

  #listen(): void {
    const { duplex } = this.#stream;
    let cause: Error | undefined;
    const ended = (): void => this.close(this.#streamEnded(cause));
    duplex.on('error', (error: Error) => (cause = error));
    duplex.on('close', ended);
    duplex.on('end', () => setTimeout(ended, DIAGNOSTICS_GRACE).unref());
  }

  #greet(handshakeTimeout = HANDSHAKE_TIMEOUT): void {
    const late = (): void => this.close(greetingTimedOut(this.label, handshakeTimeout));
    this.#handshakeTimer = setTimeout(late, handshakeTimeout);
    this.#outbox.add(clientHello(this.#options.protocolVersion));
  }

  #knowGreeting(greeting: Greeting): void {
    clearTimeout(this.#handshakeTimer);
    this.#knownGreeting = greeting;
    this.#greeted.resolve(greeting);
  }

  *#serve(reader: WireReader): Decoding<never> {
    if (!this.#knownGreeting) {
      const { protocolVersion } = this.#options;
      this.#knowGreeting(yield* readGreeting(reader, this.label, protocolVersion));
    }
    for (;;) {
      while (reader.available === 0) yield;
      const next = this.#pending.peek();
      if (!next) throw violation('an answer to nothing that was asked');
      yield* next.serve();
      this.#pending.shift();
    }
  }

  #named(error: Error): Error {
    const isViolation = error instanceof ActionError && error.code === 'protocol-violation';
    return isViolation ? peerViolation(this.label, this.#whatIsRead(), error) : error;
  }

  #whatIsRead(): string {
    if (!this.#knownGreeting) return 'the handshake';
    const asked = this.#pending.peek()?.name;
    return asked === undefined ? 'the daemon' : `the answer to ${asked}`;
  }

  /** The operation that the daemon is to answer now, unless we do not read, or have not yet said all. */
  #owed(): string | undefined {
    if (this.#inbox.isPaused || this.#outbox.isStarved) return undefined;
    return this.#pending.peek()?.name;
  }

  #streamEnded(cause: Error | undefined): ActionError {
    return streamEnded({
      label: this.label,
      isGreeted: this.#knownGreeting !== undefined,
      waiting: this.#pending.peek()?.name,
      waitingCount: this.#pending.length,
      diagnostics: this.#stream.diagnostics(),
      cause,
    });
  }
}
