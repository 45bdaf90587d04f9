import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DaemonEvent } from '../../src/domain/activity.ts';
import { readKeyedBuildResult } from '../../src/protocol/build-result.ts';
import { readMessages } from '../../src/protocol/messages.ts';
import {
  DONE,
  LAST_MESSAGE,
  writeBuildResults,
  writeError,
  writeEvent,
} from '../../src/protocol/replies.ts';
import { buildResult, daemonEvent } from './arbitraries.ts';
import { chunked, cuts, decodeAll } from './drive.ts';

const asItIs = (id: bigint) => id;

function heard(chunks: readonly Buffer[]): DaemonEvent[] {
  const events: DaemonEvent[] = [];
  const hear = (event: DaemonEvent) => void events.push(event);
  expect(decodeAll((reader) => readMessages(reader, hear), chunks)).toBeUndefined();
  return events;
}

describe('events', () => {
  it('are read back as they were written', () => {
    fc.assert(
      fc.property(fc.array(daemonEvent), cuts, (events, where) => {
        const bytes = events.map((event) => writeEvent(event, asItIs));
        expect(heard(chunked(Buffer.concat([...bytes, LAST_MESSAGE]), where))).toEqual(events);
      }),
    );
  });

  it('are about other activities where ids are mapped, but never about none', () => {
    const start = { kind: 'start', id: 5n, level: 3, type: 105, text: '', fields: [7n] } as const;
    const events: DaemonEvent[] = [
      { ...start, parent: 0n },
      { ...start, id: 6n, parent: 5n },
      { kind: 'result', id: 6n, type: 101, fields: ['5'] },
      { kind: 'stop', id: 6n },
    ];
    const marked = events.map((event) => writeEvent(event, (id) => id | (1n << 62n)));
    const five = 5n | (1n << 62n);
    const six = 6n | (1n << 62n);
    expect(heard([Buffer.concat([...marked, LAST_MESSAGE])])).toEqual([
      { ...start, id: five, parent: 0n },
      { ...start, id: six, parent: five },
      { kind: 'result', id: six, type: 101, fields: ['5'] },
      { kind: 'stop', id: six },
    ]);
  });
});

describe('errors', () => {
  it('are read back as they were written', () => {
    const error = fc.record({
      message: fc.string(),
      level: fc.nat(7),
      traces: fc.array(fc.string()),
    });
    fc.assert(
      fc.property(error, cuts, (written, where) => {
        const bytes = writeError(written);
        const read = decodeAll((reader) => readMessages(reader), chunked(bytes, where));
        expect(read).toMatchObject(written);
      }),
    );
  });

  it('are errors without traces, unless said otherwise', () => {
    const read = decodeAll((reader) => readMessages(reader), [writeError({ message: 'no' })]);
    expect(read).toMatchObject({ message: 'no', level: 0, traces: [] });
  });
});

describe('build results', () => {
  it('are read back as they were written', () => {
    fc.assert(
      fc.property(fc.array(buildResult, { maxLength: 4 }), cuts, (results, where) => {
        const read = decodeAll(
          (reader) => reader.list(() => readKeyedBuildResult(reader, 0x125)),
          chunked(writeBuildResults(results, 0x125), where),
        );
        expect(read).toEqual(results);
      }),
    );
  });

  it.each([0x122, 0x124])('leave out processor times for protocol 0x%x', (version) => {
    fc.assert(
      fc.property(buildResult, (result) => {
        const [read] = decodeAll(
          (reader) => reader.list(() => readKeyedBuildResult(reader, version)),
          [writeBuildResults([result], version)],
        );
        expect(read).toEqual({ ...result, cpuUser: undefined, cpuSystem: undefined });
      }),
    );
  });
});

it('what is done is a 1', () => {
  expect(decodeAll((reader) => reader.u64(), [DONE])).toBe(1);
});
