import { Duplex } from 'node:stream';

type WriteDone = (error?: Error | null) => void;

/**
 * A client's own stream to the local daemon, lent to a session for as long as one request is answered. A session that breaks
 * destroys it, and the connection with it: nobody would know where the daemon's next answer begins.
 */
export class LentStream extends Duplex {
  readonly #daemon: Duplex;
  readonly #onBroken: () => void;
  #isLent = true;

  /** @param onBroken told when the stream is destroyed while it is lent */
  constructor(daemon: Duplex, onBroken: () => void) {
    super();
    this.#daemon = daemon;
    this.#onBroken = onBroken;
  }

  /** What came from the daemon. */
  deliver(chunk: Buffer): void {
    if (!this.push(chunk)) this.#daemon.pause();
  }

  /** The daemon says no more. */
  deliverEnd(): void {
    this.push(null);
  }

  /** What the session does from now on does not concern the daemon. */
  takeBack(): void {
    this.#isLent = false;
    this.#daemon.resume();
  }

  override _read(): void {
    if (this.#isLent) this.#daemon.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: WriteDone): void {
    this.#daemon.write(chunk, done);
  }

  override _writev(chunks: readonly { chunk: Buffer }[], done: WriteDone): void {
    const last = chunks.length - 1;
    this.#daemon.cork();
    for (const [index, { chunk }] of chunks.entries()) {
      this.#daemon.write(chunk, index === last ? done : undefined);
    }
    this.#daemon.uncork();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (this.#isLent) this.#onBroken();
    done(error);
  }
}
