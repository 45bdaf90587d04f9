import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BUILD_STATUSES } from '../../src/domain/build-result.ts';
import { daemonError, NixError } from '../../src/protocol/daemon-error.ts';
import { readBuildResult, readKeyedBuildResult } from '../../src/protocol/build-result.ts';
import { derivedPathText, parseDerivedPathText } from '../../src/protocol/derived-path.ts';
import { readFrames, END_OF_FRAMES, frameHeader } from '../../src/protocol/framed.ts';
import { MESSAGE, readMessages } from '../../src/protocol/messages.ts';
import { readPathInfo, readStorePath, writePathInfo } from '../../src/protocol/path-info.ts';
import { WireWriter } from '../../src/protocol/wire-writer.ts';
import type { DaemonEvent } from '../../src/domain/activity.ts';
import { derivedPath, pathInfo } from './arbitraries.ts';
import { chunked, cuts, decode, decodeAll } from './drive.ts';

const DRV = '/nix/store/73rh5b3k8c3qx53ddk51yjw9d50d92p6-d3.drv';

describe('path infos', () => {
  it('come back as they were written', () => {
    fc.assert(
      fc.property(pathInfo, cuts, (info, where) => {
        const bytes = writePathInfo(new WireWriter(), info).finish();
        const read = decodeAll(
          function* (reader) {
            return yield* readPathInfo(reader, yield* readStorePath(reader));
          },
          chunked(bytes, where),
        );
        expect(read).toEqual(info);
      }),
    );
  });

  it.each(['/etc/passwd', '/nix/store/../etc', ''])('refuse %j for a store path', (text) => {
    const outcome = decode(readStorePath, [new WireWriter().string(text).finish()]);
    expect(outcome).toMatchObject({ kind: 'error', error: { code: 'protocol-violation' } });
  });
});

describe('paths to build', () => {
  it('come back as they were written', () => {
    fc.assert(
      fc.property(derivedPath, (path) => {
        expect(parseDerivedPathText(derivedPathText(path))).toEqual(path);
      }),
    );
  });

  it.each([
    'x!out',
    `${DRV}!out!dev`,
    `${DRV}!`,
    `${DRV}!out,,dev`,
    `${DRV}!out,*`,
    '/nix/store/73rh5b3k8c3qx53ddk51yjw9d50d92p6-d3!out',
  ])('refuse %s', (text) => {
    expect(() => parseDerivedPathText(text)).toThrow(/where a path to build belongs/);
  });
});

describe('build results', () => {
  const realisation = JSON.stringify({
    id: 'sha256:ab!out',
    outPath: '8hzbz17vcmw97w1wpqpadxhfkj7crcps-d3',
    signatures: [],
    dependentRealisations: {},
  });
  const before137 = (status: number) =>
    new WireWriter().u64(status).string('why').u64(1).u64(0).u64(10).u64(20);
  const end = (writer: WireWriter) =>
    writer.stringMap(new Map([['sha256:ab!out', realisation]])).finish();
  const path = parseDerivedPathText(`${DRV}!*`);

  it.each(BUILD_STATUSES.map((status, number) => [number, status] as const))(
    'know status %i as %s',
    (number, status) => {
      const read = decodeAll(
        (reader) => readBuildResult(reader, 0x122, path),
        [end(before137(number))],
      );
      expect(read).toMatchObject({ status, errorMessage: 'why', startTime: 10, stopTime: 20 });
    },
  );

  it.each([15, 2 ** 40])('take status %i, of a later Nix, for a failure', (number) => {
    const read = decodeAll(
      (reader) => readBuildResult(reader, 0x122, path),
      [end(before137(number))],
    );
    expect(read).toMatchObject({ status: 'misc-failure', errorMessage: 'why' });
  });

  it('have processor times since 1.37, of which each may be absent', () => {
    const bytes = end(before137(0).u64(0).u64(1).u64(12345));
    const read = decodeAll((reader) => readBuildResult(reader, 0x125, path), [bytes]);
    expect(read.outputs).toEqual(
      new Map([['out', '/nix/store/8hzbz17vcmw97w1wpqpadxhfkj7crcps-d3']]),
    );
    expect(read.realisations.get('sha256:ab!out')).toBe(realisation);
  });

  it('say which request they answer', () => {
    const bytes = Buffer.concat([
      new WireWriter().string(`${DRV}!out,dev`).finish(),
      end(before137(3)),
    ]);
    const read = decodeAll((reader) => readKeyedBuildResult(reader, 0x122), [bytes]);
    expect(read.path).toEqual({ kind: 'built', drvPath: DRV, outputs: ['out', 'dev'] });
  });
});

describe('messages', () => {
  it('keep ids beyond 2^53 apart, and texts as they are', () => {
    const id = 17750270905679873n;
    const bytes = new WireWriter()
      .u64(MESSAGE.startActivity)
      .u64(id)
      .u64(3)
      .u64(105)
      .string('building')
      .u64(2)
      .u64(1)
      .string(DRV)
      .u64(0)
      .u64(7)
      .u64(id + 1n)
      .u64(MESSAGE.next)
      .string('\u001b[1mhello\u001b[0m')
      .u64(MESSAGE.result)
      .u64(id)
      .u64(101)
      .u64(0)
      .u64(MESSAGE.stopActivity)
      .u64(id)
      .u64(MESSAGE.last)
      .finish();
    const events: DaemonEvent[] = [];
    decodeAll((reader) => readMessages(reader, (event) => void events.push(event)), [bytes]);
    expect(events).toEqual([
      {
        kind: 'start',
        id,
        level: 3,
        type: 105,
        text: 'building',
        fields: [DRV, 7n],
        parent: id + 1n,
      },
      { kind: 'message', text: '\u001b[1mhello\u001b[0m' },
      { kind: 'result', id, type: 101, fields: [] },
      { kind: 'stop', id },
    ]);
  });

  it('give an error with its traces', () => {
    const bytes = new WireWriter()
      .u64(MESSAGE.error)
      .string('Error')
      .u64(0)
      .string('Error')
      .string('no')
      .u64(0)
      .u64(2)
      .u64(0)
      .string('while a')
      .u64(0)
      .string('while b')
      .finish();
    const error = decodeAll((reader) => readMessages(reader), [bytes]);
    expect(error).toMatchObject({ message: 'no', traces: ['while a', 'while b'] });
  });

  it.each([MESSAGE.read, MESSAGE.write, 0])(
    'refuse type 0x%x, which no operation of ours has',
    (type) => {
      const outcome = decode(
        (reader) => readMessages(reader),
        [new WireWriter().u64(type).finish()],
      );
      expect(outcome).toMatchObject({ error: { code: 'protocol-violation' } });
    },
  );

  it('never fail in another way, whatever comes', () => {
    const type = fc.constantFrom(...Object.values(MESSAGE));
    fc.assert(
      fc.property(type, fc.uint8Array({ maxLength: 300 }), cuts, (first, rest, where) => {
        const bytes = Buffer.concat([new WireWriter().u64(first).finish(), Buffer.from(rest)]);
        const outcome = decode((reader) => readMessages(reader), chunked(bytes, where));
        if (outcome.kind === 'error') {
          expect(outcome.error).toMatchObject({ code: 'protocol-violation' });
        }
      }),
    );
  });
});

describe("a daemon's error", () => {
  it.each([
    ['writing to file: No space left on device', 'disk-full'],
    ['executing SQLite statement: database or disk is full', 'disk-full'],
    [
      "cannot add path '/nix/store/x' because it lacks a signature by a trusted key",
      'signature-required',
    ],
    ["cannot add path '/nix/store/x' because it lacks a valid signature", 'signature-required'],
    ['something else', 'daemon-error'],
  ])('%s is %s', (text, code) => {
    const error = daemonError('the local store', new NixError(`\u001b[31;1m${text}\u001b[0m`));
    expect(error).toMatchObject({ code, message: `the local store: ${text}` });
    expect(error.cause).toMatchObject({ message: `\u001b[31;1m${text}\u001b[0m` });
  });
});

describe('frames', () => {
  it('give back what was put in, however it is framed and cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 100 })),
        cuts,
        (parts, where) => {
          const content = parts.map((part) => Buffer.from(part));
          const framed = content.flatMap((part) => [frameHeader(part.length), part]);
          const bytes = Buffer.concat([...framed, END_OF_FRAMES]);
          const seen: Buffer[] = [];
          decodeAll(
            (reader) => readFrames(reader, (piece) => seen.push(piece)),
            chunked(bytes, where),
          );
          expect(Buffer.concat(seen)).toEqual(Buffer.concat(content));
        },
      ),
    );
  });
});
