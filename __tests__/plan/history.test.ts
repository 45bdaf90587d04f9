import { expect, it } from 'vitest';
import { decide } from '../../src/plan/decide.ts';
import {
  correctionsOf,
  NO_HISTORY,
  usualBuildSeconds,
  type PastRun,
} from '../../src/plan/history.ts';
import { bytes, seconds } from '../../src/plan/units.ts';
import { evidenceOf, many, type Scene } from './scene.ts';

function run(mode: PastRun['mode'], predicted: number, actual: number): PastRun {
  const cost = (count: number) => ({
    seconds: seconds(count),
    bytesUp: bytes(0),
    bytesDown: bytes(0),
  });
  const builds = { count: 10, seconds: seconds(1) };
  return { mode, predicted: cost(predicted), actual: cost(actual), builds };
}

function history(...runs: PastRun[]) {
  return { ...NO_HISTORY, runs };
}

it('without history nothing is corrected', () => {
  expect(correctionsOf(NO_HISTORY)).toEqual({ 'remote-store': 1, builders: 1 });
  expect(usualBuildSeconds(NO_HISTORY)).toBeUndefined();
});

it('a mode that was tried is not held against one that was not', () => {
  const all = history(run('remote-store', 10, 30));
  expect(correctionsOf(all)).toEqual({ 'remote-store': 3, builders: 3 });
});

it('where both were tried, each has the median of its own, within reason', () => {
  const all = history(
    run('remote-store', 10, 20),
    run('remote-store', 10, 30),
    run('remote-store', 10, 1000),
    run('builders', 100, 1),
  );
  expect(correctionsOf(all)).toEqual({ 'remote-store': 3, builders: 0.25 });
});

it('predictions of fractions of a second, and local runs, tell nothing', () => {
  expect(correctionsOf(history(run('remote-store', 0.5, 30), run('local', 10, 40)))).toEqual(
    correctionsOf(NO_HISTORY),
  );
});

it('what builds took earlier decides whether they are done again', () => {
  const scene: Scene = {
    derivations: {
      ...many(50, 'lib', { size: 10e6, at: ['local'] }),
      app: { needs: Object.keys(many(50, 'lib', {})) },
    },
  };
  expect(decide(evidenceOf(scene)).mode).toBe('builders');
  const quick = { ...scene, history: history(run('remote-store', 1, 1)) };
  const { mode, predictions } = decide(evidenceOf(quick));
  expect(mode).toBe('remote-store');
  expect(predictions[0]?.assumptions.join()).toContain('as builds of earlier runs');
});
