import { toError } from '../domain/errors.ts';
import type { PathInfo } from '../domain/path-info.ts';
import { receiveNar } from '../protocol/nar/receive-nar.ts';
import { narFromPath } from '../protocol/operations.ts';
import { ChunkQueue } from './chunk-queue.ts';
import type { Session } from './session.ts';
import type { NarSource } from './store.ts';

/** How much may be asked for and not yet have arrived: enough to keep a fast link with a long delay full. */
const READ_AHEAD = { paths: 2048, bytes: 64 * 1024 * 1024 } as const;

/** Bytes here and not yet taken: above `high` the session stops reading, below `low` it goes on. */
const QUEUED = { high: 4 * 1024 * 1024, low: 1024 * 1024 } as const;

/** The NARs of these paths in this order, pipelined, each checked as it passes. */
// eslint-disable-next-line @typescript-eslint/require-await -- what is awaited is in the queues
export async function* receiveNars(
  session: Session,
  infos: readonly PathInfo[],
): AsyncGenerator<NarSource, void, undefined> {
  const window = new NarWindow(session, infos);
  try {
    for (const info of infos) yield { info, nar: window.queueOf(info) };
  } finally {
    window.abandon();
  }
}

class NarWindow {
  readonly #session: Session;
  readonly #infos: readonly PathInfo[];
  readonly #queues = new WeakMap<PathInfo, ChunkQueue>();
  #requested = 0;
  #awaitedPaths = 0;
  #awaitedBytes = 0;
  #queuedBytes = 0;
  #isAbandoned = false;

  constructor(session: Session, infos: readonly PathInfo[]) {
    this.#session = session;
    this.#infos = infos;
    this.#requestMore();
  }

  queueOf(info: PathInfo): ChunkQueue {
    const known = this.#queues.get(info);
    if (known) return known;
    const queue = new ChunkQueue((bytes) => this.#onTaken(bytes));
    this.#queues.set(info, queue);
    return queue;
  }

  /** Nobody will take what is still to come; it is read and dropped, so that the session stays usable. */
  abandon(): void {
    this.#isAbandoned = true;
    this.#session.resume(this);
  }

  #requestMore(): void {
    while (!this.#isAbandoned) {
      const info = this.#infos[this.#requested];
      if (!info || !this.#hasRoomFor(info)) return;
      this.#requested += 1;
      this.#request(info);
    }
  }

  /** A NAR larger than the window is asked for alone. */
  #hasRoomFor(info: PathInfo): boolean {
    if (this.#awaitedPaths === 0) return true;
    return (
      this.#awaitedPaths < READ_AHEAD.paths && this.#awaitedBytes + info.narSize <= READ_AHEAD.bytes
    );
  }

  #request(info: PathInfo): void {
    const queue = this.queueOf(info);
    this.#awaitedPaths += 1;
    this.#awaitedBytes += info.narSize;
    const receive = narFromPath(info.path, (reader) =>
      receiveNar(reader, info, (bytes) => this.#onBytes(queue, bytes)),
    );
    void this.#session
      .run(receive)
      .catch(toError)
      .then((error) => {
        queue.end(error);
        this.#awaitedPaths -= 1;
        this.#awaitedBytes -= info.narSize;
        this.#requestMore();
      });
  }

  #onBytes(queue: ChunkQueue, bytes: Buffer): void {
    if (this.#isAbandoned) return;
    this.#queuedBytes += bytes.length;
    queue.push(bytes);
    if (this.#queuedBytes > QUEUED.high) this.#session.pause(this);
  }

  #onTaken(bytes: number): void {
    this.#queuedBytes -= bytes;
    if (this.#queuedBytes < QUEUED.low) this.#session.resume(this);
  }
}
