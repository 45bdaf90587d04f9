import type { Duplex } from 'node:stream';

/** What may wait for a side that reads slowly, bytes. Streams' own limit is one chunk: each would stop the other side. */
const WAITING_LIMIT = 1024 * 1024;

/**
 * Sends all that one side says to the other, and then its end. While the other does not take it, the one is not read; what comes
 * after the other has ended is dropped. Unlike `pipe()`, this starts nothing of process.stdout, which would take the descriptor.
 */
export function relay(from: Duplex, to: Duplex): void {
  from.on('data', (chunk: Buffer) => {
    if (to.writableEnded || to.destroyed) return;
    to.write(chunk);
    if (to.writableLength <= WAITING_LIMIT) return;
    from.pause();
    to.once('drain', () => from.resume());
  });
  from.on('end', () => to.end());
}
