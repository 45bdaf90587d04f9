import type { IncomingMessage } from 'node:http';

/** An answer has more bytes than it may have. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge';

  constructor(mostBytes: number) {
    super(`the answer is larger than ${mostBytes} bytes`);
  }
}

/**
 * The bytes of an answer, as they come, and no more than so many: where more are announced, not one.
 * @throws TooLarge
 */
export async function* atMost(
  answer: IncomingMessage,
  mostBytes: number,
): AsyncGenerator<Buffer, void> {
  if (Number(answer.headers['content-length'] ?? 0) > mostBytes) {
    answer.destroy();
    throw new TooLarge(mostBytes);
  }
  let left = mostBytes;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    left -= chunk.length;
    if (left < 0) throw new TooLarge(mostBytes);
    yield chunk;
  }
}
