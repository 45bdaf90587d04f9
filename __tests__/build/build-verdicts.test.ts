import { expect, test } from 'vitest';
import { ActivityTracker } from '../../src/build/activity-tracker.ts';
import type { StepEvent } from '../../src/build/events.ts';
import { ACTIVITY, RESULT, type DaemonEvent } from '../../src/domain/activity.ts';
import { parseDrvPath, storePathName, type DrvPath } from '../../src/domain/store-path.ts';

const COUNTER = 1n;

function drv(name: string): DrvPath {
  return parseDrvPath(`/nix/store/${'a'.repeat(32)}-${name}.drv`);
}

type Line =
  | readonly ['start' | 'stop', string]
  | readonly ['count', done: number, expected: number, running: number, failed: number]
  | readonly ['says', string];

/** What a daemon tells, as `--log-format internal-json` shows it. */
function* eventsOf(lines: readonly Line[]): Generator<DaemonEvent> {
  const activity = { kind: 'start', level: 3, text: '', parent: 0n } as const;
  const ids = new Map<string, bigint>();
  yield { ...activity, id: COUNTER, type: ACTIVITY.builds, fields: [] };
  for (const [kind, first, ...counts] of lines) {
    switch (kind) {
      case 'start': {
        const id = BigInt(ids.size) + 2n;
        ids.set(first, id);
        yield { ...activity, id, type: ACTIVITY.build, fields: [drv(first), '', 1n, 1n] };
        break;
      }
      case 'stop':
        yield { kind, id: ids.get(first) ?? 0n };
        break;
      case 'count': {
        const fields = [first, ...counts].map(BigInt);
        yield { kind: 'result', id: COUNTER, type: RESULT.progress, fields };
        break;
      }
      case 'says':
        yield { kind: 'message', text: first };
    }
  }
}

function verdicts(lines: readonly Line[]): readonly string[] {
  const events: StepEvent[] = [];
  const tracker = new ActivityTracker(
    (event) => events.push(event),
    () => 0,
  );
  for (const event of eventsOf(lines)) tracker.hear(event);
  return events.flatMap((event) =>
    event.kind === 'build-stopped'
      ? [
          `${event.progress?.ended}/${event.progress?.all} ` +
            `${storePathName(event.drvPath).replace('.drv', '')} ${event.verdict}`,
        ]
      : [],
  );
}

// Captured: a and bad, what needs each of them (top, dep), and badtop, which nothing needs; with keep-going.
const BEGINNING: readonly Line[] = [
  ['count', 0, 4, 0, 0],
  ['count', 0, 5, 0, 0],
  ['start', 'badtop'],
  ['count', 0, 5, 1, 0],
  ['start', 'a'],
  ['count', 0, 5, 2, 0],
  ['start', 'bad'],
  ['count', 0, 5, 3, 0],
];

test('Nix 2.8 and 2.26: a failure that others wait for is named before its end, any is counted', () => {
  expect(
    verdicts([
      ...BEGINNING,
      ['count', 1, 5, 2, 0],
      ['stop', 'a'],
      ['start', 'top'],
      ['count', 1, 5, 3, 0],
      ['count', 1, 4, 2, 1],
      ['says', `\u001b[31;1merror:\u001b[0m builder for '${drv('bad')}' failed with exit code 3`],
      ['stop', 'bad'],
      ['count', 1, 3, 2, 1],
      ['count', 2, 3, 1, 1],
      ['stop', 'top'],
      ['count', 2, 2, 0, 2],
      ['stop', 'badtop'],
    ]),
  ).toEqual(['1/5 a built', '2/5 bad failed', '3/4 top built', '4/4 badtop failed']);
});

test('Nix 2.34: it is counted, and named after its end', () => {
  expect(
    verdicts([
      ...BEGINNING,
      ['count', 1, 6, 2, 0],
      ['stop', 'a'],
      ['start', 'top'],
      ['count', 1, 5, 3, 0],
      ['count', 1, 5, 2, 1],
      ['stop', 'bad'],
      ['says', `Cannot build '${drv('bad')}'.\nReason: builder failed with exit code 3.`],
      ['count', 1, 3, 2, 1],
      ['count', 2, 4, 1, 1],
      ['stop', 'top'],
      ['count', 2, 3, 0, 2],
      ['stop', 'badtop'],
    ]),
  ).toEqual(['1/5 a built', '2/5 bad failed', '3/4 top built', '4/4 badtop failed']);
});

test('what ends together, one well and one not, is left to the results', () => {
  expect(
    verdicts([
      ['start', 'a'],
      ['count', 0, 2, 1, 0],
      ['start', 'b'],
      ['count', 0, 2, 2, 0],
      ['count', 1, 2, 1, 0],
      ['count', 1, 1, 0, 1],
      ['stop', 'a'],
      ['stop', 'b'],
      ['start', 'c'],
      ['count', 1, 2, 1, 1],
      ['count', 2, 2, 0, 1],
      ['stop', 'c'],
    ]),
  ).toEqual(['2/2 a unknown', '2/2 b unknown', '3/3 c built']);
});

test('what no machine takes is counted as failed, but no build has ended by it', () => {
  expect(
    verdicts([
      ['start', 'a'],
      ['count', 0, 2, 1, 0],
      ['count', 0, 2, 1, 1],
      ['count', 1, 1, 0, 1],
      ['stop', 'a'],
    ]),
  ).toEqual(['2/3 a built']);
});
