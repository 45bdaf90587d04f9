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

const MOVED = { bytesUp: bytes(0), bytesDown: bytes(0) };

/** @param known of the seconds that were predicted */
function run(mode: PastRun['mode'], predicted: number, actual: number, known = predicted): PastRun {
  return {
    mode,
    predicted: { ...MOVED, seconds: seconds(predicted), certainSeconds: seconds(known) },
    actual: { ...MOVED, seconds: seconds(actual) },
    builds: { count: 10, seconds: seconds(1) },
  };
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

it('a guess that was wrong is not held against the rest', () => {
  const guessed = history(run('remote-store', 10, 30, 2));
  expect(correctionsOf(guessed)).toEqual(correctionsOf(NO_HISTORY));
  const mostly = history(run('remote-store', 10, 30, 6));
  expect(correctionsOf(mostly)).toEqual({ 'remote-store': 3, builders: 3 });
});

it('where copies could not be told from builds, or something failed, seconds tell nothing', () => {
  const all = history({ ...run('builders', 10, 0), actual: { ...MOVED, seconds: 'unknown' } });
  expect(correctionsOf(all)).toEqual(correctionsOf(NO_HISTORY));
  expect(usualBuildSeconds(all)).toBe(0.1);
});

it('corrects moving and asking, and not what builds take, of which there is a mean', () => {
  const scene: Scene = {
    derivations: {
      lib: { size: 1e9, at: ['local'] },
      sdk: { size: 1e9, at: ['remote'] },
      app: { needs: ['lib', 'sdk'] },
    },
  };
  const [plain] = decide(evidenceOf(scene)).predictions;
  const [corrected] = decide(
    evidenceOf({ ...scene, history: history(run('remote-store', 10, 30)) }),
  ).predictions;
  if (!plain || !corrected) throw new Error('nothing was predicted');
  expect(corrected.parts.asking.expected).toBeCloseTo(plain.parts.asking.expected * 3);
  expect(corrected.parts.building.expected).toBeCloseTo(0.1);
  expect(corrected.uncorrected).toEqual(plain.uncorrected);
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
