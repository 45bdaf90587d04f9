import type { Duplex, Readable, Writable } from 'node:stream';

/** What may wait for a side that reads slowly, bytes. Streams' own limit is one chunk: each would stop the other side. */
const WAITING_LIMIT = 1024 * 1024;

/**
 * Sends all that one side says to the other, and then its end. Unlike `pipe()`, this touches nothing of process.stdout, which would
 * take the descriptor for itself.
 */
export function relay(from: Duplex, to: Duplex): void {
  forward(from, to, (chunk) => to.write(chunk));
  from.on('end', () => to.end());
}

/** Sends on what one side says. While the other does not take it, the one is not read; what comes after the other's end is dropped. */
export function forward(from: Readable, to: Writable, send: (chunk: Buffer) => void): void {
  from.on('data', (chunk: Buffer) => {
    if (to.writableEnded || to.destroyed) return;
    send(chunk);
    if (to.writableLength <= WAITING_LIMIT) return;
    from.pause();
    to.once('drain', () => from.resume());
  });
}
