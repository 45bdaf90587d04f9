import type { OnReadOpts } from 'node:net';

/** Bytes read at once. */
const SIZE = 512 * 1024;

/** Shorter chunks are copied: it costs nothing, and ssh2 keeps parts of its first packets, which are not encrypted yet. */
const SHORT = 32 * 1024;

/**
 * Reads a socket into two buffers in turn, where Node would make one for every 64 KiB: half of the garbage of a copy.
 *
 * Two, because ssh2 may keep the encrypted rest of a packet until the bytes that authenticate it are there (chacha20-poly1305 in its
 * lib/protocol/crypto.js): those are fewer than any chunk that makes the buffers change places.
 * @param onChunk gets each chunk, which holds until the next but one comes
 */
export function readIntoTwoBuffers(onChunk: (chunk: Buffer) => void): OnReadOpts {
  let current = Buffer.allocUnsafeSlow(SIZE);
  let other = Buffer.allocUnsafeSlow(SIZE);
  return {
    buffer: () => current,
    callback(size) {
      const chunk = current.subarray(0, size);
      if (size < SHORT) {
        onChunk(Buffer.from(chunk));
      } else {
        [current, other] = [other, current];
        onChunk(chunk);
      }
      return true;
    },
  };
}
