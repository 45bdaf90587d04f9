import type { Decoding, WireReader } from './wire-reader.ts';
import { WireWriter } from './wire-writer.ts';

/** Ends framed data (`FramedSink`): a frame is a length and that many bytes, without padding. */
export const END_OF_FRAMES = new WireWriter().u64(0).finish();

export function frameHeader(length: number): Buffer {
  return new WireWriter().u64(length).finish();
}

/** Reads framed data to its end; what the frames hold goes to `onBytes`, uncopied, as it comes. */
export function* readFrames(reader: WireReader, onBytes: (bytes: Buffer) => void): Decoding<void> {
  for (;;) {
    reader.beginMessage();
    const length = yield* reader.u64();
    if (length === 0) return;
    yield* reader.skip(length, onBytes);
  }
}
