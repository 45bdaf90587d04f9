import { ActionError } from '../domain/errors.ts';
import { writePathInfo } from '../protocol/path-info.ts';
import { WireWriter } from '../protocol/wire-writer.ts';
import type { FrameWriter } from './frame-writer.ts';
import type { Interruption } from './interruption.ts';
import type { NarSource } from './store.ts';

/**
 * What follows AddMultipleToStore: how many paths, then each path's info and NAR.
 * @throws what a source throws; ActionError `nar-invalid` if a NAR is not as long as its info says, or the error of the interruption.
 */
export async function sendPaths(
  frames: FrameWriter,
  interruption: Interruption,
  count: number,
  sources: AsyncIterable<NarSource>,
): Promise<void> {
  await frames.add(new WireWriter().u64(count).finish());
  let sent = 0;
  await interruption.forEach(sources, (source) => {
    sent += 1;
    return sendPath(frames, interruption, source);
  });
  if (sent !== count) {
    throw new ActionError('internal', `${count} paths were announced, but ${sent} came`);
  }
}

async function sendPath(
  frames: FrameWriter,
  interruption: Interruption,
  { info, nar }: NarSource,
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
