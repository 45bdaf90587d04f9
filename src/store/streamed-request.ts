import { setTimeout as delay } from 'node:timers/promises';
import { toError } from '../domain/errors.ts';
import type { Operation } from '../protocol/operations.ts';
import { FrameWriter } from './frame-writer.ts';
import { Interruption } from './interruption.ts';
import type { Body } from './outbox.ts';
import type { Session } from './session.ts';

/** What follows a request. */
export interface Frames {
  /** Writes it, up to its end; stops when interrupted. */
  readonly send: (frames: FrameWriter, interruption: Interruption) => Promise<void>;
  /** For what a daemon refuses without reading on: how long it is given to do so before anything is sent, milliseconds. */
  readonly refusalGrace?: number;
}

/**
 * Runs an operation whose request is followed by framed data. If the daemon answers before it has heard all, with an error, nothing
 * more is sent but the end of the frames, up to which it reads, and the session goes on.
 * @throws the daemon's error. What `send` throws otherwise ends the session: the data would be cut without the daemon knowing.
 */
export async function runStreamed<T>(
  session: Session,
  operation: Operation<T>,
  { send, refusalGrace = 0 }: Frames,
): Promise<T> {
  const interruption = new Interruption();
  const body: Body = async (write) => {
    if (refusalGrace > 0 && (await isInterrupted(interruption, refusalGrace))) return;
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

async function isInterrupted(interruption: Interruption, withinMs: number): Promise<boolean> {
  await interruption.wait(delay(withinMs)).catch(() => undefined);
  return interruption.error !== undefined;
}
