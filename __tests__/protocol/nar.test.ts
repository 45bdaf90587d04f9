import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PathInfo } from '../../src/domain/path-info.ts';
import { parseStorePath } from '../../src/domain/store-path.ts';
import { readNar } from '../../src/protocol/nar/nar-reader.ts';
import { receiveNar } from '../../src/protocol/nar/receive-nar.ts';
import { chunked, cuts, decode } from './drive.ts';
import { deepNar, narOf, type Tree, tree } from './nar-tree.ts';

const PATH = parseStorePath('/nix/store/8hzbz17vcmw97w1wpqpadxhfkj7crcps-x');
const file = (content: string): Tree => ({
  type: 'file',
  content: Buffer.from(content),
  executable: false,
});
const folder = (...names: string[]): Tree => ({
  type: 'folder',
  entries: names.map((name) => [name, file('')]),
});

const FOLDER: Tree = {
  type: 'folder',
  entries: [
    ['d', folder()],
    ['f', file('hi\n')],
    ['l', { type: 'symlink', target: '../f' }],
    ['x', { type: 'file', content: Buffer.from('#!'), executable: true }],
  ],
};

function infoOf(bytes: Buffer): PathInfo {
  return {
    path: PATH,
    deriver: undefined,
    narHash: createHash('sha256').update(bytes).digest('hex'),
    narSize: bytes.length,
    references: [],
    registrationTime: 0,
    ultimate: false,
    signatures: [],
    contentAddress: undefined,
  };
}

function receive(info: PathInfo, chunks: readonly Buffer[]) {
  const seen: Buffer[] = [];
  const outcome = decode((reader) => receiveNar(reader, info, (piece) => seen.push(piece)), chunks);
  return { outcome, seen: Buffer.concat(seen) };
}

describe('a NAR', () => {
  it.each([
    // nix-store --dump of 2.34.8
    ['a file', file('hi\n'), '10551daed7fa467d0b58826e7eb9a0f2af7d693de319f2ef775fffcda244b9f6'],
    ['a folder', FOLDER, 'ba80a99d5893bb9b5ae151a1ce20520e96528b906176056360eeafc46f089351'],
  ] as const)('of %s has the bytes that Nix writes', (_, content, hash) => {
    expect(createHash('sha256').update(narOf(content)).digest('hex')).toBe(hash);
  });

  it('is read to its end and no further, however it is cut', () => {
    fc.assert(
      fc.property(tree, fc.uint8Array({ maxLength: 20 }), cuts, (content, rest, where) => {
        const bytes = narOf(content);
        const all = Buffer.concat([bytes, Buffer.from(rest)]);
        const outcome = decode((reader) => readNar(reader, bytes.length), chunked(all, where));
        expect(outcome).toEqual({ kind: 'value', value: undefined, left: rest.length });
      }),
    );
  });

  it('is handed on whole when it is right', () => {
    fc.assert(
      fc.property(tree, cuts, (content, where) => {
        const bytes = narOf(content);
        const { outcome, seen } = receive(infoOf(bytes), chunked(bytes, where));
        expect(outcome).toEqual({ kind: 'value', value: undefined, left: 0 });
        expect(seen).toEqual(bytes);
      }),
    );
  });

  it('is never handed on whole when a byte of it is wrong', () => {
    fc.assert(
      fc.property(
        tree,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        cuts,
        (content, at, change, where) => {
          const bytes = narOf(content);
          const info = infoOf(bytes);
          const wrong = Buffer.from(bytes);
          const index = at % wrong.length;
          wrong[index] = (wrong[index] ?? 0) ^ change;
          const { outcome, seen } = receive(info, chunked(wrong, where));
          expect(seen.length).toBeLessThan(bytes.length);
          if (outcome.kind === 'value') {
            expect(outcome.value).toMatchObject({ code: 'nar-hash-mismatch' });
          } else if (outcome.kind === 'error') {
            expect(outcome.error).toMatchObject({ code: 'nar-invalid' });
          }
        },
      ),
    );
  });

  it('waits for its end when it is cut short', () => {
    fc.assert(
      fc.property(tree, fc.nat(), (content, at) => {
        const bytes = narOf(content);
        const { outcome, seen } = receive(infoOf(bytes), [bytes.subarray(0, at % bytes.length)]);
        expect(outcome.kind).toBe('waiting');
        expect(seen.length).toBeLessThan(bytes.length);
      }),
    );
  });

  it('that is none is refused by name, whatever comes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 24, maxLength: 500 }), cuts, (bytes, where) => {
        const outcome = decode(
          (reader) => readNar(reader, 1000),
          chunked(Buffer.from(bytes), where),
        );
        if (outcome.kind !== 'waiting') {
          expect(outcome).toMatchObject({ kind: 'error', error: { code: 'nar-invalid' } });
        }
      }),
    );
  });
});

describe('a NAR is refused', () => {
  const refused = (bytes: Buffer, size = bytes.length) =>
    decode((reader) => readNar(reader, size), [bytes]);

  it.each([
    ['names out of order', folder('b', 'a'), /"a" is out of order/],
    ['a name twice', folder('a', 'a'), /"a" is out of order/],
    ['a slash in a name', folder('a/b'), /the file name "a\/b"/],
    ['a NUL in a name', folder('a\0b'), /the file name/],
    ['the name .', folder('.'), /the file name/],
    ['the name ..', folder('..'), /the file name/],
    ['an empty name', folder(''), /the file name/],
    ['a name of 256 bytes', folder('x'.repeat(256)), /256 bytes where 255 are allowed/],
    ['a link to 4096 bytes', { type: 'symlink', target: 'x'.repeat(4096) } as const, /4095/],
  ])('for %s', (_, content, message) => {
    expect(refused(narOf(content))).toMatchObject({ error: { code: 'nar-invalid', message } });
  });

  it('for being longer than its size, as soon as that is known', () => {
    const start = narOf(file('x'.repeat(5000))).subarray(0, 200);
    expect(refused(start, 4000)).toMatchObject({ error: { message: /larger than its size/ } });
  });

  it('for being shorter than its size', () => {
    const bytes = narOf(file('x'));
    expect(refused(bytes, bytes.length + 8)).toMatchObject({ error: { message: /ends 8 bytes/ } });
  });

  it('for a depth that no file system has, without exhausting the stack', () => {
    const limit = deepNar(2048);
    expect(refused(limit)).toEqual({ kind: 'value', value: undefined, left: 0 });
    expect(refused(deepNar(20_000))).toMatchObject({ error: { message: /2048 deep/ } });
  });

  it('for padding that is not zero', () => {
    const bytes = narOf(file('x'));
    const at = bytes.indexOf(Buffer.from('x\0\0\0')) + 3;
    bytes[at] = 1;
    expect(refused(bytes)).toMatchObject({ error: { message: /not padded with zeros/ } });
  });
});
