import type { Socket } from 'node:net';
import type { ByteStream } from '../domain/byte-stream.ts';
import type { Greeting } from '../domain/daemon.ts';
import { ActionError, toError } from '../domain/errors.ts';
import type { Decoding } from '../protocol/wire-reader.ts';
import { ClientVoice } from './client-voice.ts';
import { NO_BUILDER, writeAnswer } from './answers.ts';
import type { Feed } from './feed.ts';
import { Flow } from './flow.ts';
import { Loan } from './loan.ts';
import { Requests, type Stop } from './requests.ts';
import type { TakeOver } from './take-over.ts';

/** What a client may send while it waits for its build, bytes; Nix's own sends nothing. */
const BACKLOG_LIMIT = 1024 * 1024;

type Halt = Stop | { readonly kind: 'unreadable'; readonly why: string };

export interface Parties {
  readonly client: { readonly duplex: Socket; readonly feed: Feed };
  readonly daemon: ByteStream;
  readonly takeOver: TakeOver;
  /** Aborts when the client is gone. */
  readonly signal: AbortSignal;
  readonly onNotice: (text: string) => void;
  /** Told of an operation from which on everything is relayed unread. */
  readonly onRawOperation: (op: number) => void;
}

/** What a client and the local daemon say to each other once they have greeted, and what is said in the daemon's stead. */
export class Conversation {
  readonly #parties: Parties;
  readonly #up: Flow;
  readonly #down: Flow;
  readonly #voice: ClientVoice;
  readonly #requests: Requests;
  #loan: Loan | undefined;
  #isRaw = false;

  constructor(parties: Parties) {
    const { client, daemon } = parties;
    this.#parties = parties;
    this.#up = new Flow(client.duplex, daemon.duplex);
    this.#down = new Flow(daemon.duplex, client.duplex);
    this.#voice = new ClientVoice(client.duplex);
    this.#requests = new Requests(client.feed.reader, (pieces) => this.#up.send(pieces));
  }

  hearClient(chunk: Buffer): void {
    if (this.#isRaw) {
      this.#up.send([chunk]);
      return;
    }
    const { feed } = this.#parties.client;
    feed.push(chunk);
    this.#requests.flush();
    if (this.#loan && feed.reader.available > BACKLOG_LIMIT) this.#up.hold();
  }

  hearDaemon(chunk: Buffer): void {
    if (this.#loan) {
      this.#loan.deliver(chunk);
    } else {
      this.#requests.answered();
      this.#down.send([chunk]);
    }
  }

  daemonEnded(): void {
    this.#loan?.deliverEnd();
  }

  daemonClosed(): void {
    this.#loan?.destroy();
  }

  /** Serves the client's requests. Rejects when the feed of the client's bytes ends. */
  async serve(greeting: Greeting): Promise<void> {
    for (;;) {
      const stop = await this.#next();
      if (stop.kind === 'build') {
        await this.#build(stop, greeting);
      } else if (stop.kind === 'refused') {
        this.#answer(NO_BUILDER);
      } else {
        await this.#relayFrom(stop);
        return;
      }
    }
  }

  /** From here on nothing is read, and nothing taken over. Rejects when the feed of the client's bytes ends. */
  async relay(because: string): Promise<void> {
    const { client, onNotice } = this.#parties;
    onNotice(`a client of the offload socket builds as if there were none: ${because}`);
    this.#isRaw = true;
    client.feed.drain((bytes) => this.#up.send([bytes]));
    await client.feed.decode(forever());
  }

  #relayFrom(stop: Exclude<Halt, { kind: 'build' | 'refused' }>): Promise<void> {
    switch (stop.kind) {
      case 'unknown':
        this.#parties.onRawOperation(stop.op);
        return this.relay(`it uses operation ${stop.op}, which is not known here`);
      case 'pipelined':
        return this.relay('it does not wait for answers');
      case 'unreadable':
        return this.relay(`its request cannot be read: ${stop.why}`);
    }
  }

  async #next(): Promise<Halt> {
    const next = this.#parties.client.feed.decode(this.#requests.next());
    this.#requests.flush();
    try {
      return await next;
    } catch (thrown) {
      const error = toError(thrown);
      if (!(error instanceof ActionError) || error.code !== 'protocol-violation') throw error;
      this.#requests.flush();
      return { kind: 'unreadable', why: error.message };
    }
  }

  async #build(stop: Extract<Stop, { kind: 'build' }>, greeting: Greeting): Promise<void> {
    const { daemon, takeOver, signal } = this.#parties;
    const { request, bytes } = stop;
    const { options } = this.#requests;
    this.#loan = new Loan({ daemon, greeting, voice: this.#voice });
    const answer = await this.#loan.use(takeOver, request, { options, signal });
    this.#loan = undefined;
    if (answer.kind === 'pass') this.#requests.pass(bytes);
    else this.#answer(writeAnswer(answer, request, greeting.protocolVersion));
    this.#up.release();
  }

  #answer(bytes: Buffer): void {
    this.#voice.say(bytes);
    this.#requests.answered();
  }
}

function* forever(): Decoding<never> {
  for (;;) yield;
}
