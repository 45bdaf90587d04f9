import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameReader, STDERR, STDOUT, writeFrame } from '../../src/tunnel/frames.ts';
import { BYTES_FOLLOW, FRAMES_FOLLOW, parseGreeting, refusal } from '../../src/tunnel/greeting.ts';

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));

/** The same bytes in other pieces. */
function split(whole: Buffer, sizes: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  let rest = whole;
  for (const size of sizes) {
    pieces.push(rest.subarray(0, size));
    rest = rest.subarray(size);
  }
  return [...pieces, rest];
}

describe('frames', () => {
  it('carry both streams, in pieces of any size', () => {
    const frames = fc.array(fc.record({ descriptor: fc.constantFrom(STDOUT, STDERR), bytes }));
    fc.assert(
      fc.property(frames, fc.array(fc.integer({ min: 1, max: 40 })), (sent, sizes) => {
        const wire = new PassThrough();
        for (const frame of sent) writeFrame(wire, frame.descriptor, frame.bytes);
        const heard = new Map<number, Buffer[]>([
          [STDOUT, []],
          [STDERR, []],
        ]);
        const reader = new FrameReader((descriptor, part) => heard.get(descriptor)?.push(part));
        const whole = (wire.read() as Buffer | null) ?? Buffer.alloc(0);
        for (const piece of split(whole, sizes)) reader.push(piece);
        for (const [descriptor, parts] of heard) {
          const wanted = sent.filter((frame) => frame.descriptor === descriptor);
          expect(Buffer.concat(parts)).toEqual(Buffer.concat(wanted.map((frame) => frame.bytes)));
        }
      }),
    );
  });
});

describe('a greeting', () => {
  it.each([
    ['bytes', BYTES_FOLLOW],
    ['frames', FRAMES_FOLLOW],
  ])('announces %s, and leaves what follows as it is', (kind, greeting) => {
    fc.assert(
      fc.property(bytes, (rest) => {
        expect(parseGreeting(Buffer.concat([greeting, rest]))).toEqual({ kind, rest });
      }),
    );
  });

  it('is waited for until its line is complete', () => {
    const whole = refusal('the builder is down');
    for (let end = 0; end < whole.length; end += 1) {
      expect(parseGreeting(whole.subarray(0, end))).toBeUndefined();
    }
    expect(parseGreeting(whole)).toMatchObject({ kind: 'refusal', reason: 'the builder is down' });
  });

  it.each([
    ['another program', Buffer.from('SSH-2.0-OpenSSH\r\n')],
    ['a line without an end', Buffer.alloc(8192, 'x')],
  ])('is not what %s says', (_name, heard) => {
    expect(parseGreeting(heard)).toMatchObject({
      kind: 'refusal',
      reason: 'what listens there is no tunnel',
    });
  });
});
