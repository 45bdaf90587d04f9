import type { Socket } from 'node:net';

/** How a dead link is told from an idle one. */
export interface LinkWatch {
  /** ssh2 sends a keep-alive request this often. */
  readonly intervalMs: number;
  /** So many intervals without a byte moving in either direction, and the link is dead. */
  readonly silentIntervals: number;
}

/**
 * Calls `onDead` once when nothing has moved for too long. ssh2's own count of unanswered requests is not used: on a
 * slow link an answer may wait for minutes behind data that is arriving well.
 * @returns a function that stops watching
 */
export function watchLink(socket: Socket, watch: LinkWatch, onDead: () => void): () => void {
  let received = socket.bytesRead;
  let waiting = socket.writableLength;
  let silent = 0;
  const timer = setInterval(() => {
    const moved = socket.bytesRead !== received || socket.writableLength < waiting;
    received = socket.bytesRead;
    waiting = socket.writableLength;
    silent = moved ? 0 : silent + 1;
    if (silent < watch.silentIntervals) return;
    clearInterval(timer);
    onDead();
  }, watch.intervalMs);
  return () => clearInterval(timer);
}
