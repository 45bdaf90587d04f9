import { expect, test } from 'vitest';
import { ActivityTracker } from '../../src/build/activity-tracker.ts';
import type { StepEvent } from '../../src/build/events.ts';
import { ACTIVITY, RESULT, type DaemonEvent } from '../../src/domain/activity.ts';
import { parseDrvPath } from '../../src/domain/store-path.ts';

const DRV = parseDrvPath(`/nix/store/${'a'.repeat(32)}-hello.drv`);

function start(id: bigint, drvPath: string = DRV, machine = ''): DaemonEvent {
  const fields = [drvPath, machine, 1n, 1n];
  return { kind: 'start', id, level: 3, type: ACTIVITY.build, text: '', fields, parent: 0n };
}

function tracked(): { tracker: ActivityTracker; events: StepEvent[]; clock: { now: number } } {
  const events: StepEvent[] = [];
  const clock = { now: 0 };
  const tracker = new ActivityTracker(
    (event) => events.push(event),
    () => clock.now,
  );
  return { tracker, events, clock };
}

test('two activities for one derivation, on the remote and on its own builder, are one build', () => {
  const { tracker, events, clock } = tracked();
  tracker.hear(start(1n << 60n));
  tracker.hear(start((1n << 60n) + 1n));
  tracker.hear({ kind: 'result', id: 1n << 60n, type: RESULT.buildLogLine, fields: ['hi'] });
  clock.now = 2;
  tracker.hear({ kind: 'stop', id: (1n << 60n) + 1n });
  expect(events.map(({ kind }) => kind)).toEqual(['build-started', 'build-log']);
  clock.now = 3;
  tracker.hear({ kind: 'stop', id: 1n << 60n });
  expect(events).toEqual([
    { kind: 'build-started', drvPath: DRV, machine: '' },
    { kind: 'build-log', drvPath: DRV, line: 'hi' },
    { kind: 'build-stopped', drvPath: DRV, seconds: 3, verdict: 'unknown' },
  ]);
  expect(tracker.secondsOf(DRV)).toBe(3);
});

test('copies to a builder and back are told from the build there', () => {
  const { tracker, clock } = tracked();
  tracker.hear(start(1n));
  clock.now = 4;
  tracker.hear(start(2n));
  clock.now = 7;
  tracker.hear({ kind: 'stop', id: 2n });
  clock.now = 9;
  tracker.hear({ kind: 'stop', id: 1n });
  expect(tracker.spans.get(DRV)).toEqual({ from: 0, to: 9, own: { from: 4, to: 7 } });
});

test('of a build that nobody else tells of there are no such copies', () => {
  const { tracker, clock } = tracked();
  tracker.hear(start(1n));
  expect(tracker.spans.size).toBe(0);
  clock.now = 2;
  tracker.hear({ kind: 'stop', id: 1n });
  expect(tracker.spans.get(DRV)).toEqual({ from: 0, to: 2, own: undefined });
});

test('what is no build, or no derivation, is passed over', () => {
  const { tracker, events } = tracked();
  tracker.hear({ ...start(1n), type: ACTIVITY.copyPath } as DaemonEvent);
  tracker.hear(start(2n, 'nonsense'));
  tracker.hear({ kind: 'stop', id: 1n });
  tracker.hear({ kind: 'result', id: 9n, type: RESULT.buildLogLine, fields: ['stray'] });
  expect(events).toEqual([]);
});

test('knows how long nothing has started or stopped', () => {
  const { tracker, clock } = tracked();
  clock.now = 5;
  expect(tracker.quietSeconds()).toBe(5);
  tracker.hear(start(1n));
  clock.now = 5.5;
  expect(tracker.quietSeconds()).toBe(0.5);
  tracker.requested();
  expect(tracker.quietSeconds()).toBe(0);
});

test('what is substituted is told when it is there', () => {
  const { tracker, events } = tracked();
  const fields = ['/nix/store/x', 'https://cache.example.org'];
  tracker.hear({ ...start(1n), type: ACTIVITY.substitute, fields } as DaemonEvent);
  expect(events).toEqual([]);
  tracker.hear({ kind: 'stop', id: 1n });
  expect(events).toEqual([
    { kind: 'substituted', path: '/nix/store/x', from: 'https://cache.example.org' },
  ]);
});

test('the name that a daemon gives a machine is one line', () => {
  const { tracker, events } = tracked();
  tracker.hear(start(1n, DRV, 'evil\n::stop-commands::abc\n'));
  const machine = 'evil ::stop-commands::abc';
  expect(tracker.machineOf(DRV)).toBe(machine);
  expect(events).toEqual([{ kind: 'build-started', drvPath: DRV, machine }]);
});

test('a machine’s name with all parameters of its store stays whole', () => {
  const { tracker } = tracked();
  const machine = `ssh-ng://ci@builder?base64-ssh-public-host-key=${'A'.repeat(1500)}`;
  tracker.hear(start(1n, DRV, machine));
  expect(tracker.machineOf(DRV)).toBe(machine);
});
