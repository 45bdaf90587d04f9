import { END_OF_FRAMES, frameHeader } from '../protocol/framed.ts';
import type { Write } from './outbox.ts';

/** A frame is sent when it holds this much: few system calls, and little for a daemon to keep in memory. */
const FRAME_SIZE = 256 * 1024;

/** Pieces below this size are cheaper to copy together than to send one by one. */
const SMALL = 16 * 1024;

/** Gathers pieces into frames. Large pieces are passed on as they are. */
export class FrameWriter {
  readonly #write: Write;
  #pieces: Buffer[] = [];
  #size = 0;

  constructor(write: Write) {
    this.#write = write;
  }

  add(piece: Buffer): Promise<void> | undefined {
    if (piece.length === 0) return undefined; // an empty frame would be the end
    this.#pieces.push(piece);
    this.#size += piece.length;
    return this.#size >= FRAME_SIZE ? this.#write(this.#takeFrame()) : undefined;
  }

  /** Forgets what was gathered for the next frame. */
  drop(): void {
    this.#takeFrame();
  }

  end(): Promise<void> | undefined {
    const frame = this.#size > 0 ? this.#takeFrame() : [];
    return this.#write([...frame, END_OF_FRAMES]);
  }

  #takeFrame(): Buffer[] {
    const frame = joinSmall([frameHeader(this.#size), ...this.#pieces]);
    this.#pieces = [];
    this.#size = 0;
    return frame;
  }
}

function joinSmall(pieces: readonly Buffer[]): Buffer[] {
  const joined: Buffer[] = [];
  let run: Buffer[] = [];
  const endRun = (): void => {
    if (run.length > 0) joined.push(run.length === 1 && run[0] ? run[0] : Buffer.concat(run));
    run = [];
  };
  for (const piece of pieces) {
    if (piece.length < SMALL) {
      run.push(piece);
    } else {
      endRun();
      joined.push(piece);
    }
  }
  endRun();
  return joined;
}
