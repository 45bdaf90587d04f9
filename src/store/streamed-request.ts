import { toError } from '../domain/errors.ts';
import type { Operation } from '../protocol/operations.ts';
import { FrameWriter } from './frame-writer.ts';
import { Interruption } from './interruption.ts';
import type { Body } from './outbox.ts';
import type { Session } from './session.ts';

/** Writes what follows a request, and stops when interrupted; the end of the frames is not for it to write. */
export type SendFrames = (frames: FrameWriter, interruption: Interruption) => Promise<void>;

/**
 * Runs an operation whose request is followed by framed data. If the daemon answers before it has heard all, with an error, nothing
 * more is sent but the end of the frames, up to which it reads, and the session goes on.
 * @throws the daemon's error. What `send` throws otherwise ends the session: the data would be cut without the daemon knowing.
 */
export async function runStreamed<T>(
  session: Session,
  operation: Operation<T>,
  send: SendFrames,
): Promise<T> {
  const interruption = new Interruption();
  const body: Body = async (write) => {
    const frames = new FrameWriter(write);
    try {
      await send(frames, interruption);
    } catch (error) {
      if (interruption.error === undefined) throw error;
      frames.drop();
    }
    await frames.end();
  };
  const reply = session.run(operation, { body });
  reply.catch((error: unknown) => interruption.raise(toError(error)));
  return await reply;
}
