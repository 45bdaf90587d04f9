import type { ByteStream } from '../domain/byte-stream.ts';
import { ActionError, toError } from '../domain/errors.ts';
import type { StorePath } from '../domain/store-path.ts';
import { printable } from '../domain/text.ts';
import { closureRequest, readClosure } from '../protocol/serve.ts';
import { WireReader } from '../protocol/wire-reader.ts';
import { DIAGNOSTICS_GRACE } from './stream-ended.ts';

const TIMEOUT = 30_000;

/**
 * The closure of `roots` in one exchange, from a `nix-store --serve` at the other end of `stream`, which is closed afterwards. It
 * comes dependencies first, with no more than the paths.
 * @param timeout milliseconds
 * @throws ActionError `protocol-violation`, `connection-lost` or `connect-timeout`, also where a root is not valid there.
 */
export async function queryClosureByServe(
  stream: ByteStream,
  roots: readonly StorePath[],
  timeout: number = TIMEOUT,
): Promise<readonly StorePath[]> {
  const { duplex } = stream;
  const { promise, resolve, reject } = Promise.withResolvers<readonly StorePath[]>();
  const reader = new WireReader();
  const reading = readClosure(reader);
  duplex.on('data', (chunk: Buffer) => {
    reader.push(chunk);
    try {
      const step = reading.next();
      if (step.done === true) resolve(step.value);
    } catch (error) {
      reject(toError(error));
    }
  });
  let cause: Error | undefined;
  const end = (): void => reject(ended(stream, cause));
  duplex.on('error', (error: Error) => (cause = error));
  duplex.on('close', end);
  duplex.on('end', () => setTimeout(end, DIAGNOSTICS_GRACE).unref());
  const timer = setTimeout(() => reject(late(timeout)), timeout);
  duplex.write(closureRequest(roots));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    duplex.destroy();
  }
}

function ended(stream: ByteStream, cause: Error | undefined): ActionError {
  const said = printable(stream.diagnostics());
  return new ActionError('connection-lost', `nix-store --serve ended without an answer: ${said}`, {
    cause,
  });
}

function late(timeout: number): ActionError {
  return new ActionError(
    'connect-timeout',
    `nix-store --serve did not answer in ${timeout / 1000} s`,
  );
}
