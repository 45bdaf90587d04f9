import { connect } from 'node:net';
import { Duplex, PassThrough, Transform } from 'node:stream';
import type { HostProcess, NixHost } from '../../lab/index.ts';
import type { ByteStream } from '../../src/domain/byte-stream.ts';

/** A session's stream onto the daemon's socket; the daemon sees root. */
export function socketStream(host: NixHost): ByteStream {
  return { duplex: connect(host.socketPath), diagnostics: () => '' };
}

/** A session's stream onto a program's standard input and output. */
export function processStream(program: HostProcess): ByteStream {
  let diagnostics = '';
  program.stderr.on('data', (chunk: Buffer) => (diagnostics += chunk.toString()));
  const duplex = Duplex.from({ readable: program.stdout, writable: program.stdin });
  return { duplex, diagnostics: () => diagnostics };
}

export interface Exchanges {
  /** How often something was sent after something had been received, the first time included: at least the round trips. */
  readonly count: number;
}

/** The same stream, and a count of its exchanges. */
export function counting(stream: ByteStream): { stream: ByteStream; exchanges: Exchanges } {
  const exchanges = { count: 0 };
  let isSending = false;
  const through = (onChunk: () => void) =>
    new Transform({
      transform(chunk: Buffer, _encoding, done) {
        onChunk();
        done(null, chunk);
      },
    });
  const up = through(() => {
    if (!isSending) exchanges.count += 1;
    isSending = true;
  });
  const down = through(() => (isSending = false));
  return { stream: wrapped(stream, up, down), exchanges };
}

/** The same stream, on which every byte that comes from the far side passes through `change`. */
export function changing(
  stream: ByteStream,
  change: (chunk: Buffer, offset: number) => Buffer,
): ByteStream {
  let offset = 0;
  const down = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const changed = change(chunk, offset);
      offset += chunk.length;
      done(null, changed);
    },
  });
  return wrapped(stream, new PassThrough(), down);
}

/** The same stream, on which nothing more comes from the far side once so many bytes have come. */
export function holding(stream: ByteStream, bytes: number, onHeld: () => void): ByteStream {
  let left = bytes;
  const down = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      left -= chunk.length;
      if (left > 0) done(null, chunk);
      else onHeld();
    },
  });
  return wrapped(stream, new PassThrough(), down);
}

function wrapped(inner: ByteStream, up: Duplex, down: Duplex): ByteStream {
  const { duplex } = inner;
  up.pipe(duplex);
  duplex.pipe(down);
  const outer = Duplex.from({ readable: down, writable: up });
  for (const stream of [up, down, duplex]) stream.on('error', () => undefined); // seen as the end of the whole
  outer.on('close', () => duplex.destroy());
  duplex.on('close', () => down.destroy());
  return { duplex: outer, diagnostics: () => inner.diagnostics() };
}
