import type { Socket } from 'node:net';
import type { ActivityId, DaemonEvent } from '../domain/activity.ts';
import { writeEvent } from '../protocol/replies.ts';

/** Speaks to a client in the daemon's stead. What is said in one go leaves in one write. */
export class ClientVoice {
  readonly #socket: Socket;
  #isCorked = false;
  #room: Promise<void> | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** @returns a promise to be waited for if the client reads slowly. A client that is gone has room for all. */
  tell(
    event: DaemonEvent,
    mapId: (id: ActivityId) => ActivityId = (id) => id,
  ): Promise<void> | undefined {
    this.say(writeEvent(event, mapId));
    return this.#socket.writableNeedDrain ? this.#waitForRoom() : undefined;
  }

  say(bytes: Buffer): void {
    const socket = this.#socket;
    if (!socket.writable) return;
    if (!this.#isCorked) {
      this.#isCorked = true;
      socket.cork();
      process.nextTick(() => {
        this.#isCorked = false;
        socket.uncork();
      });
    }
    socket.write(bytes);
  }

  #waitForRoom(): Promise<void> {
    const socket = this.#socket;
    this.#room ??= new Promise((resolve) => {
      const done = (): void => {
        socket.off('drain', done).off('close', done);
        this.#room = undefined;
        resolve();
      };
      socket.on('drain', done).on('close', done);
    });
    return this.#room;
  }
}
