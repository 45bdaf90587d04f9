import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BUILD_MODES } from '../../src/domain/build-result.ts';
import { parseDrvPath } from '../../src/domain/store-path.ts';
import { END_OF_FRAMES, frameHeader } from '../../src/protocol/framed.ts';
import { OP } from '../../src/protocol/op.ts';
import * as operations from '../../src/protocol/operations.ts';
import { type Part, REQUEST_SHAPES } from '../../src/protocol/request-shapes.ts';
import { readBuildRequest, readSetOptions, skipRequest } from '../../src/protocol/requests.ts';
import { type Decoding, WireReader } from '../../src/protocol/wire-reader.ts';
import { WireWriter } from '../../src/protocol/wire-writer.ts';
import { daemonOptions, derivedPath } from './arbitraries.ts';
import { chunked, cuts, decode, decodeAll } from './drive.ts';

const DRV = parseDrvPath('/nix/store/73rh5b3k8c3qx53ddk51yjw9d50d92p6-d3.drv');
const FRAMES = Buffer.concat([frameHeader(3), Buffer.from('log'), END_OF_FRAMES]);

/** A request as a server reads it: the operation first. */
function* skip(reader: WireReader): Decoding<'known' | 'unknown'> {
  return yield* skipRequest(reader, yield* reader.u64());
}

const texts = fc.array(fc.string(), { maxLength: 4 });
const write = (fill: (writer: WireWriter) => WireWriter) => fill(new WireWriter()).finish();
const strings = texts.map((all) => write((writer) => writer.strings(all)));
const map = fc
  .dictionary(fc.string(), fc.string())
  .map((all) => write((writer) => writer.stringMap(new Map(Object.entries(all)))));
const string = fc.string().map((text) => write((writer) => writer.string(text)));
const outputs = fc
  .array(fc.tuple(fc.string(), fc.string(), fc.string(), fc.string()), { maxLength: 3 })
  .map((all) =>
    write((writer) => all.flat().reduce((done, text) => done.string(text), writer.u64(all.length))),
  );

const PARTS: Readonly<Record<Part, fc.Arbitrary<Buffer>>> = {
  number: fc.maxSafeNat().map((value) => write((writer) => writer.u64(value))),
  string,
  strings,
  map,
  derivation: fc
    .tuple(outputs, strings, string, string, strings, map)
    .map((parts) => Buffer.concat(parts)),
  frames: fc.array(fc.uint8Array({ minLength: 1, maxLength: 50 })).map((frames) => {
    const framed = frames.flatMap((frame) => [frameHeader(frame.length), Buffer.from(frame)]);
    return Buffer.concat([...framed, END_OF_FRAMES]);
  }),
};

describe('passing over a request', () => {
  it('ends where it ends, whatever is in it and however it is cut', () => {
    const request = fc
      .constantFrom(...REQUEST_SHAPES)
      .chain(([op, shape]) =>
        fc
          .tuple(...shape.map((part) => PARTS[part]))
          .map((parts) => Buffer.concat([write((writer) => writer.u64(op)), ...parts])),
      );
    fc.assert(
      fc.property(request, cuts, (bytes, where) => {
        expect(decodeAll(skip, chunked(bytes, where))).toBe('known');
      }),
    );
  });

  const path = { kind: 'built', drvPath: DRV, outputs: ['out', 'dev'] } as const;
  it.each([
    ['QueryValidPaths', operations.queryValidPaths([DRV, DRV], 'substitute').request],
    ['QueryPathInfo', operations.queryPathInfo(DRV).request],
    ['QueryMissing', operations.queryMissing([path]).request],
    ['QueryDerivationOutputMap', operations.queryDerivationOutputMap(DRV).request],
    ['AddTempRoot', operations.addTempRoot(DRV).request],
    ['AddIndirectRoot', operations.addIndirectRoot('/root/result').request],
    ['EnsurePath', operations.ensurePath(DRV).request],
    ['AddSignatures', operations.addSignatures(DRV, ['a', 'b']).request],
    ['RegisterDrvOutput', operations.registerDrvOutput('{}').request],
    ['BuildPaths', operations.buildPaths([path], 'check').request],
    ['BuildPathsWithResults', operations.buildPathsWithResults([path], 'check', 0x125).request],
    [
      'AddMultipleToStore',
      Buffer.concat([operations.addMultipleToStore('check-signatures', 'repair').request, FRAMES]),
    ],
    ['AddBuildLog', Buffer.concat([operations.addBuildLog(DRV).request, FRAMES])],
  ])('takes all of a %s that our client sends', (_, bytes) => {
    expect(decodeAll(skip, [bytes])).toBe('known');
  });

  it.each([
    [24, 'QueryFailedPaths'],
    [25, 'ClearFailedPaths'],
    [27, 'ImportPaths'],
    [48, 'what is to come'],
  ])('takes nothing of operation %i, %s', (op) => {
    const rest = new WireWriter().u64(op).string('rest').finish();
    expect(decode(skip, [rest])).toEqual({ kind: 'value', value: 'unknown', left: 16 });
  });

  it('holds nothing of what it passes over', () => {
    const reader = new WireReader();
    const skipping = skipRequest(reader, OP.addToStoreNar);
    const chunk = Buffer.alloc(1024 * 1024);
    const size = 200 * chunk.length; // three times what a message may hold
    for (const head of [
      write((writer) => writer.string(DRV).string('').string('').strings([])),
      write((writer) => writer.u64(0).u64(size).u64(0).strings([]).string('').u64(0).u64(0)),
      frameHeader(size),
    ]) {
      reader.push(head);
      expect(skipping.next().done).toBe(false);
    }
    for (let sent = 0; sent < size; sent += chunk.length) {
      reader.push(chunk);
      expect([skipping.next().done, reader.available]).toEqual([false, 0]);
    }
    reader.push(END_OF_FRAMES);
    expect(skipping.next()).toEqual({ done: true, value: 'known' });
  });
});

/** A server has read the number of the operation before it reads the rest. */
function withoutOp(request: Buffer): Buffer {
  return request.subarray(8);
}

describe('a request to build', () => {
  it('is read as our client writes it', () => {
    const paths = fc.array(derivedPath, { maxLength: 5 });
    fc.assert(
      fc.property(paths, fc.constantFrom(...BUILD_MODES), cuts, (wanted, mode, where) => {
        const bytes = withoutOp(operations.buildPaths(wanted, mode).request);
        expect(decodeAll(readBuildRequest, chunked(bytes, where))).toEqual({ paths: wanted, mode });
      }),
    );
  });

  it.each([
    ['a dynamic derivation', [`${DRV}!out`, `${DRV}!out!out`], 0],
    ['what is no path', ['nixpkgs#hello'], 0],
    ['a mode that nobody knows', [DRV], 3],
  ])('is read to its end, but not understood, if it asks for %s', (_, wanted, mode) => {
    const bytes = new WireWriter().strings(wanted).u64(mode).finish();
    expect(decodeAll(readBuildRequest, [bytes])).toBeUndefined();
  });
});

describe('options', () => {
  it('are read as our client writes them', () => {
    fc.assert(
      fc.property(daemonOptions, cuts, (options, where) => {
        const bytes = withoutOp(operations.setOptions(options).request);
        expect(decodeAll(readSetOptions, chunked(bytes, where))).toEqual(options);
      }),
    );
  });

  it('say by lvlVomit, as Nix does, that what builders print is not wanted', () => {
    const numbers = [0, 1, 0, 3, 4, 0, 1, 7, 0, 0, 2, 1];
    const writer = numbers.reduce((done, value) => done.u64(value), new WireWriter());
    const options = decodeAll(readSetOptions, [writer.stringMap(new Map()).finish()]);
    expect(options).toMatchObject({ keepGoing: true, verboseBuild: false, buildCores: 2 });
  });
});
