import type { Socket } from 'node:net';
import type { Clock } from './clock.ts';
import type { Direction } from './direction.ts';

/** Bytes at the far socket that it has not taken yet; above, the pipe waits for it. */
const FAR_BUFFER = 4 << 20;

type Item =
  | { readonly kind: 'data'; readonly due: number; readonly chunk: Buffer }
  | { readonly kind: 'end'; readonly due: number }
  | { readonly kind: 'reset'; readonly due: number };

/** One direction of one connection: what comes from `near` goes to `far`, later. */
export class Pipe {
  readonly #near: Socket;
  readonly #far: Socket;
  readonly #direction: Direction;
  readonly #clock: Clock;
  readonly #isStalled: () => boolean;
  readonly #queue: Item[] = [];
  #queued = 0;
  #notBefore: number;
  #scheduled = false;

  constructor(ends: { near: Socket; far: Socket }, direction: Direction, context: PipeContext) {
    this.#near = ends.near;
    this.#far = ends.far;
    this.#direction = direction;
    this.#clock = context.clock;
    this.#isStalled = context.isStalled;
    this.#notBefore = context.notBefore;
    this.#near.on('data', (chunk) => this.#take(chunk));
    this.#near.on('end', () => this.#push({ kind: 'end', due: this.#direction.dueAt(0) }));
    this.#near.on('error', () => this.#push({ kind: 'reset', due: this.#direction.dueAt(0) }));
    this.#far.on('drain', () => this.pump());
    this.#far.on('close', () => this.#forget());
  }

  /** Hands on what is due; to be called when a stall is over, too. */
  pump(): void {
    if (!this.#isOpen()) {
      return;
    }
    const now = performance.now();
    this.#far.cork();
    let next = this.#queue[0];
    while (next !== undefined && next.due <= now && this.#isOpen()) {
      this.#queue.shift();
      this.#deliver(next);
      next = this.#queue[0];
    }
    this.#far.uncork();
    if (this.#queued <= this.#direction.capacity && this.#near.isPaused()) {
      this.#near.resume();
    }
    if (next !== undefined && next.due > now) {
      this.#schedule(next.due);
    }
  }

  #isOpen(): boolean {
    return !this.#isStalled() && !this.#far.destroyed && this.#far.writableLength < FAR_BUFFER;
  }

  #take(chunk: Buffer): void {
    if (this.#far.destroyed) {
      return;
    }
    this.#queued += chunk.length;
    this.#push({ kind: 'data', chunk, due: this.#direction.dueAt(chunk.length) });
    if (this.#queued > this.#direction.capacity) {
      this.#near.pause();
    }
  }

  #push(item: Item): void {
    // Order is kept even when the delay was made shorter meanwhile.
    this.#notBefore = Math.max(this.#notBefore, item.due);
    this.#queue.push({ ...item, due: this.#notBefore });
    if (this.#queue.length === 1) {
      this.#schedule(this.#notBefore);
    }
  }

  #schedule(due: number): void {
    if (!this.#scheduled) {
      this.#scheduled = true;
      this.#clock.at(due, () => {
        this.#scheduled = false;
        this.pump();
      });
    }
  }

  #deliver(item: Item): void {
    switch (item.kind) {
      case 'end':
        this.#far.end();
        break;
      case 'reset':
        this.#far.resetAndDestroy();
        break;
      case 'data': {
        const { passed, held } = this.#direction.pass(item.chunk);
        this.#queued -= passed.length;
        if (held.length > 0) {
          this.#queue.unshift({ ...item, chunk: held });
        }
        if (passed.length > 0) {
          this.#far.write(passed);
        }
      }
    }
  }

  /** Nobody listens any more. */
  #forget(): void {
    this.#queue.length = 0;
    this.#queued = 0;
    this.#near.resume();
  }
}

export interface PipeContext {
  readonly clock: Clock;
  readonly isStalled: () => boolean;
  /** Nothing is handed on before this moment. */
  readonly notBefore: number;
}
