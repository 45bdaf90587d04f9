import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MESSAGE_LIMIT, WireReader } from '../../src/protocol/wire-reader.ts';
import { WireWriter } from '../../src/protocol/wire-writer.ts';
import { chunked, cuts, decode, decodeAll } from './drive.ts';

describe('the wire format', () => {
  it('writes integers little-endian and strings padded with zeros to eight bytes', () => {
    const bytes = new WireWriter().u64(258).string('nix').finish();
    expect(bytes.toString('hex')).toBe(
      '0201000000000000' + '0300000000000000' + '6e69780000000000',
    );
  });

  it('reads back what was written, however it is cut', () => {
    const text = fc.string({ unit: 'binary', maxLength: 300 });
    fc.assert(
      fc.property(
        fc.maxSafeNat(),
        fc.bigInt(0n, 2n ** 64n - 1n),
        text,
        fc.array(text, { maxLength: 8 }),
        fc.dictionary(text, text),
        cuts,
        (number, big, string, strings, dictionary, where) => {
          const map = new Map(Object.entries(dictionary));
          const bytes = new WireWriter()
            .u64(number)
            .u64(big)
            .string(string)
            .strings(strings)
            .stringMap(map)
            .finish();
          const read = decodeAll(
            function* (reader) {
              return [
                yield* reader.u64(),
                yield* reader.u64big(),
                yield* reader.string(),
                yield* reader.strings(),
                yield* reader.stringMap(),
              ];
            },
            chunked(bytes, where),
          );
          expect(read).toEqual([number, big, string, strings, map].map(asWritten));
        },
      ),
    );
  });

  it.each([
    ['a string larger than a message', new WireWriter().u64(MESSAGE_LIMIT + 1).finish()],
    ['a string of 2^60 bytes', new WireWriter().u64(2n ** 60n).finish()],
    [
      'a string that is not padded with zeros',
      Buffer.from('0100000000000000' + '61ff000000000000', 'hex'),
    ],
  ])('refuses %s', (_, bytes) => {
    const outcome = decode((reader) => reader.string(), [bytes]);
    expect(outcome).toMatchObject({ kind: 'error', error: { code: 'protocol-violation' } });
  });

  it('refuses a list whose items cannot fit, before allocating anything for them', () => {
    const bytes = new WireWriter().u64(2 ** 40).finish();
    const outcome = decode((reader) => reader.strings(), [bytes]);
    expect(outcome).toMatchObject({ kind: 'error', error: { code: 'protocol-violation' } });
  });

  it('bounds a message as a whole, not only each string of it', () => {
    const reader = new WireReader();
    reader.beginMessage(100);
    reader.push(new WireWriter().strings(['x'.repeat(40), 'y'.repeat(40), 'z']).finish());
    expect(() => reader.strings().next()).toThrow(/larger than allowed/);
  });

  it('never fails in another way, whatever comes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), cuts, (bytes, where) => {
        const outcome = decode((reader) => reader.stringMap(), chunked(Buffer.from(bytes), where));
        if (outcome.kind === 'error') {
          expect(outcome.error).toMatchObject({ code: 'protocol-violation' });
        }
      }),
    );
  });

  it('tees exactly what is decoded, and in few pieces', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 64, maxLength: 500 }), cuts, (content, where) => {
        const bytes = Buffer.concat([Buffer.alloc(8), Buffer.from(content), Buffer.alloc(8)]);
        const pieces: Buffer[] = [];
        const chunks = chunked(bytes, where);
        decodeAll(function* (reader) {
          yield* reader.raw(8);
          reader.beginTee((piece) => pieces.push(piece));
          yield* reader.raw(24);
          yield* reader.skip(content.length - 24);
          reader.endTee();
          yield* reader.raw(8);
        }, chunks);
        expect(Buffer.concat(pieces)).toEqual(Buffer.from(content));
        expect(pieces.length).toBeLessThanOrEqual(chunks.length);
      }),
    );
  });
});

/** Text goes over the wire as UTF-8, which has no lone surrogates. */
function asWritten(value: unknown): unknown {
  if (typeof value === 'string') return Buffer.from(value).toString();
  if (Array.isArray(value)) return value.map(asWritten);
  if (value instanceof Map)
    return new Map([...value].map(([k, v]) => [asWritten(k), asWritten(v)]));
  return value;
}
