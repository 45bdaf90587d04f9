import { ActionError } from '../domain/errors.ts';
import { writePathInfo } from '../protocol/path-info.ts';
import { WireWriter } from '../protocol/wire-writer.ts';
import { FrameWriter } from './frame-writer.ts';
import type { Interruption } from './interruption.ts';
import type { Write } from './outbox.ts';
import type { NarSource } from './store.ts';

/**
 * The body of AddMultipleToStore: how many paths, then each path's info and NAR.
 * @throws what a source throws; ActionError `nar-invalid` if a NAR is not as long as its info says, or the error of the interruption.
 *   The stream is then cut in mid-path and the session must be closed, except after an interruption, when {@link endEarly} ends it.
 */
export async function sendPaths(
  write: Write,
  count: number,
  sources: AsyncIterable<NarSource>,
  interruption: Interruption,
): Promise<void> {
  const frames = new FrameWriter(write);
  await frames.add(new WireWriter().u64(count).finish());
  let sent = 0;
  await interruption.forEach(sources, (source) => {
    sent += 1;
    return sendPath(frames, source, interruption);
  });
  if (sent !== count) {
    throw new ActionError('internal', `${count} paths were announced, but ${sent} came`);
  }
  await frames.end();
}

/** The daemon has answered already, with an error: end the frames, which it reads to their end, and the session goes on. */
export async function endEarly(write: Write): Promise<void> {
  await new FrameWriter(write).end();
}

async function sendPath(
  frames: FrameWriter,
  { info, nar }: NarSource,
  interruption: Interruption,
): Promise<void> {
  await frames.add(writePathInfo(new WireWriter(), info).finish());
  let size = 0;
  await interruption.forEach(nar, (chunk) => {
    size += chunk.length;
    return frames.add(chunk);
  });
  if (size !== info.narSize) {
    throw new ActionError(
      'nar-invalid',
      `the NAR of ${info.path} has ${size} bytes, but ${info.narSize} were announced`,
    );
  }
}
