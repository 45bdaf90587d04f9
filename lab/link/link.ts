import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { LabError } from '../errors.ts';
import { within } from '../wait.ts';
import type { Command, Counters, Fault, Lane, Reply, Shape } from './shape.ts';
import type { LinkData } from './worker.ts';

/** What a link is like; what is not said does not slow anything. */
export interface LinkOptions {
  /** Half of it in each direction, where a direction says nothing of its own. */
  readonly roundTripMs?: number | undefined;
  readonly up?: Partial<Lane> | undefined;
  readonly down?: Partial<Lane> | undefined;
  /** Default: true. See {@link Shape.handshake}. */
  readonly handshake?: boolean | undefined;
}

/** A fault that lies in wait. */
export interface ArmedFault {
  /** Settles when it strikes; never rejects. */
  readonly fired: Promise<void>;
}

const ANSWER_LIMIT_MS = 10_000;

/** A line between the runner and a port of 127.0.0.1, with a length and a width, that can break. It runs in a thread of its own. */
export class Link implements AsyncDisposable {
  /** Where the near end listens on 127.0.0.1. */
  readonly port: number;
  readonly #worker: Worker;
  readonly #answers = new Map<number, (counters: Counters) => void>();
  readonly #fired = new Map<number, () => void>();
  #lastId = 0;

  private constructor(worker: Worker, port: number) {
    this.port = port;
    this.#worker = worker;
    worker.on('message', (reply: Reply) => this.#hear(reply));
  }

  /** Starts a link to a port of 127.0.0.1. */
  static async start(targetPort: number, options: LinkOptions = {}): Promise<Link> {
    const workerData: LinkData = { targetPort, shape: shapeOf(options) };
    const file = path.join(import.meta.dirname, 'worker.ts');
    const worker = new Worker(file, { workerData, execArgv: [] });
    const listening = new Promise<number>((resolve, reject) => {
      worker.once('error', reject);
      worker.once('message', (reply: Reply) => {
        if (reply.kind === 'listening') {
          resolve(reply.port);
        } else {
          reject(new LabError(`the link began with ${reply.kind}`));
        }
      });
    });
    return new Link(worker, await within(ANSWER_LIMIT_MS, 'start of the link', listening));
  }

  /** Changes delay and rate for what is sent from now on. */
  async shape(options: LinkOptions): Promise<void> {
    await this.#ask({ kind: 'shape', shape: shapeOf(options) });
  }

  async counters(): Promise<Counters> {
    return await this.#ask({ kind: 'counters' });
  }

  /** Nothing passes any more, no end of a connection either, until {@link Link.resume}. */
  async stall(): Promise<void> {
    await this.#ask({ kind: 'stall' });
  }

  async resume(): Promise<void> {
    await this.#ask({ kind: 'resume' });
  }

  /** Resets every open connection on both sides. */
  async cut(): Promise<void> {
    await this.#ask({ kind: 'cut' });
  }

  /** Lays a fault in the way of a byte to come. */
  async arm(fault: Fault): Promise<ArmedFault> {
    const id = this.#lastId + 1;
    const fired = new Promise<void>((resolve) => this.#fired.set(id, resolve));
    await this.#ask({ kind: 'arm', fault });
    return { fired };
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #ask(command: Command): Promise<Counters> {
    const id = (this.#lastId += 1);
    const answer = new Promise<Counters>((resolve) => this.#answers.set(id, resolve));
    this.#worker.postMessage({ ...command, id });
    return await within(ANSWER_LIMIT_MS, `the link's answer to ${command.kind}`, answer);
  }

  #hear(reply: Reply): void {
    if (reply.kind === 'answer') {
      this.#answers.get(reply.id)?.(reply.counters);
      this.#answers.delete(reply.id);
    } else if (reply.kind === 'fired') {
      this.#fired.get(reply.id)?.();
      this.#fired.delete(reply.id);
    }
  }
}

function shapeOf(options: LinkOptions): Shape {
  const lane: Lane = { delayMs: (options.roundTripMs ?? 0) / 2, bytesPerSecond: Infinity };
  return {
    up: { ...lane, ...options.up },
    down: { ...lane, ...options.down },
    handshake: options.handshake ?? true,
  };
}
