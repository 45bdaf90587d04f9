import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Requests, type Stop } from '../../src/offload/requests.ts';
import { OP } from '../../src/protocol/op.ts';
import { WireReader } from '../../src/protocol/wire-reader.ts';
import { WireWriter } from '../../src/protocol/wire-writer.ts';

const request = (op: number) => new WireWriter().u64(op);

const PASSED: readonly (() => Buffer)[] = [
  () => request(OP.isValidPath).string('/nix/store/x').finish(),
  () => request(OP.syncWithGC).finish(),
  () => request(OP.queryValidPaths).strings(['a', 'bc', '']).u64(1).finish(),
  () =>
    Buffer.concat([
      request(OP.addToStore).string('n').string('text:sha256').strings([]).u64(0).finish(),
      new WireWriter().u64(3).finish(),
      Buffer.from('abc'),
      new WireWriter().u64(0).finish(),
    ]),
  () =>
    request(OP.collectGarbage)
      .u64(2)
      .strings([])
      .u64(0)
      .u64(2n ** 64n - 1n)
      .u64(0)
      .u64(0)
      .u64(0)
      .finish(),
];
const BUILD = request(OP.buildPaths)
  .strings(['/nix/store/00000000000000000000000000000000-x'])
  .u64(0);
const build = BUILD.finish();

/** Gives a client's bytes to {@link Requests} in these pieces; every request is answered before the next begins. */
function drive(requests: readonly Buffer[], cuts: readonly number[]) {
  const reader = new WireReader();
  const sent: Buffer[] = [];
  const stops: Stop[] = [];
  const subject = new Requests(reader, (pieces) => sent.push(...pieces));
  let serving = subject.next();
  const advance = (): void => {
    for (;;) {
      const step = serving.next();
      if (step.done !== true) break;
      stops.push(step.value);
      if (step.value.kind === 'build') sent.push(...step.value.bytes);
      subject.answered();
      serving = subject.next();
    }
    subject.flush();
  };
  for (const bytes of requests) {
    for (const piece of cut(bytes, cuts)) {
      reader.push(piece);
      advance();
    }
    subject.answered();
  }
  return { sent: Buffer.concat(sent), stops };
}

function cut(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const ends = [...new Set(cuts.map((each) => each % bytes.length))].sort((a, b) => a - b);
  return [...ends, bytes.length]
    .map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end))
    .filter((piece) => piece.length > 0);
}

describe('what a client asks for', () => {
  const requests = fc.array(fc.constantFrom(...PASSED.map((make) => make()), build), {
    minLength: 1,
    maxLength: 8,
  });
  const cuts = fc.array(fc.nat(200), { maxLength: 30 });

  it('is passed on byte for byte, in order, however it is cut into pieces', () => {
    fc.assert(
      fc.property(requests, cuts, (asked, at) => {
        const { sent, stops } = drive(asked, at);
        expect(sent).toEqual(Buffer.concat(asked));
        const builds = asked.filter((each) => each === build);
        expect(stops.map(({ kind }) => kind)).toEqual(builds.map(() => 'build'));
      }),
    );
  });

  it('is not sent before it is known not to be a build', () => {
    const reader = new WireReader();
    const sent: Buffer[] = [];
    const subject = new Requests(reader, (pieces) => sent.push(...pieces));
    const serving = subject.next();
    for (const piece of [build.subarray(0, 4), build.subarray(4, 20), build.subarray(20, -1)]) {
      reader.push(piece);
      expect(serving.next().done).toBe(false);
      subject.flush();
    }
    expect(sent).toEqual([]);
  });

  it('stops where a request begins before the one before it is answered', () => {
    const reader = new WireReader();
    const sent: Buffer[] = [];
    const subject = new Requests(reader, (pieces) => sent.push(...pieces));
    const valid = request(OP.isValidPath).string('x').finish();
    reader.push(Buffer.concat([valid, build]));
    expect(subject.next().next().value).toEqual({ kind: 'pipelined' });
    subject.flush();
    expect(Buffer.concat(sent)).toEqual(valid);
    expect(reader.available).toBe(build.length);
  });
});
