import { expect, test } from 'vitest';
import { Heartbeat } from '../../src/action/heartbeat.ts';
import { parseDrvPath } from '../../src/domain/store-path.ts';

function drv(index: number): ReturnType<typeof parseDrvPath> {
  return parseDrvPath(`/nix/store/${'a'.repeat(32)}-part${index}.drv`);
}

test('is silent while the log speaks, or nothing builds', () => {
  const clock = { now: 0 };
  const heartbeat = new Heartbeat(() => clock.now);
  clock.now = 100;
  expect(heartbeat.beat()).toBeUndefined();
  heartbeat.hear({ kind: 'build-started', drvPath: drv(1) });
  heartbeat.lineShown();
  clock.now = 129;
  expect(heartbeat.beat()).toBeUndefined();
});

test('names what is running, and for how long', () => {
  const clock = { now: 0 };
  const heartbeat = new Heartbeat(() => clock.now);
  for (let index = 1; index <= 7; index += 1) {
    heartbeat.hear({ kind: 'build-started', drvPath: drv(index) });
  }
  heartbeat.hear({ kind: 'build-stopped', drvPath: drv(1), seconds: 0 });
  clock.now = 125;
  expect(heartbeat.beat()).toBe(
    'still building part2 (2 min 05 s), part3 (2 min 05 s), part4 (2 min 05 s), part5 (2 min 05 s), part6 (2 min 05 s) and 1 more',
  );
});

test('names what else takes long, where nothing builds', () => {
  const clock = { now: 0 };
  const heartbeat = new Heartbeat(() => clock.now);
  heartbeat.hear({ kind: 'phase-started', phase: 'evaluate' });
  clock.now = 45;
  expect(heartbeat.beat()).toBe('still evaluating (45 s)');
  heartbeat.hear({ kind: 'phase-ended', phase: 'evaluate', seconds: 45 });
  expect(heartbeat.beat()).toBeUndefined();
});
