import { describe, expect, test } from 'vitest';
import {
  daemonArguments,
  deliverOptions,
  ignoredSettings,
  type BuildOptions,
} from '../../src/build/daemon-options.ts';

const NOTHING: BuildOptions = {
  keepGoing: undefined,
  maxJobs: undefined,
  cores: undefined,
  timeout: undefined,
  maxSilentTime: undefined,
  settings: new Map(),
};

const SETTINGS = new Map([
  ['max-jobs', '4'],
  ['cores', '0'],
  ['keep-going', 'false'],
  ['substitute', 'true'],
]);

describe('deliverOptions', () => {
  test('sends nothing when nothing is asked for', () => {
    expect(deliverOptions(NOTHING, 'socket', '2.34.8', SETTINGS)).toEqual({
      setOptions: undefined,
      undeliverable: [],
    });
  });

  test('fills what is not asked for with the remote’s own values', () => {
    const { setOptions } = deliverOptions(
      { ...NOTHING, keepGoing: true },
      'socket',
      '2.34.8',
      SETTINGS,
    );
    expect(setOptions).toMatchObject({ keepGoing: true, maxBuildJobs: 4, buildCores: 0 });
  });

  test('sends nothing where arguments of nix-daemon --stdio arrive', () => {
    const { setOptions, undeliverable } = deliverOptions(
      { ...NOTHING, keepGoing: true },
      'exec',
      '2.26.3',
      SETTINGS,
    );
    expect({ setOptions, undeliverable }).toEqual({ setOptions: undefined, undeliverable: [] });
  });

  test('sends SetOptions through the nix-daemon --stdio of Nix 2.8, which passes it on', () => {
    const { setOptions } = deliverOptions({ ...NOTHING, cores: 2 }, 'exec', '2.8.0', SETTINGS);
    expect(setOptions).toMatchObject({ buildCores: 2, maxBuildJobs: 4 });
  });

  test('names the inputs that cannot reach a forced command of Nix 2.20 and newer', () => {
    const asked = { ...NOTHING, keepGoing: true, timeout: 60 };
    expect(deliverOptions(asked, 'exec', '2.34.8', undefined)).toEqual({
      setOptions: undefined,
      undeliverable: ['keep-going', 'timeout'],
    });
  });

  test('does not guess max-jobs and cores where the remote’s own are not known', () => {
    const asked = { ...NOTHING, keepGoing: true };
    expect(deliverOptions(asked, 'socket', '2.34.8', undefined).undeliverable).toEqual([
      'keep-going',
    ]);
    const complete = { ...asked, maxJobs: 2, cores: 1 };
    expect(deliverOptions(complete, 'socket', '2.34.8', undefined).setOptions).toMatchObject({
      maxBuildJobs: 2,
      buildCores: 1,
    });
  });

  test('sends the time-out as an override, and the silence in its own field', () => {
    const { setOptions } = deliverOptions(
      { ...NOTHING, timeout: 60, maxSilentTime: 5 },
      'socket',
      '2.8.0',
      SETTINGS,
    );
    expect(setOptions?.overrides).toEqual(new Map([['timeout', '60']]));
    expect(setOptions?.maxSilentTime).toBe(5);
  });
});

test('settings that have a field of their own are sent in it, for anybody is heeded there', () => {
  const settings = new Map([
    ['fallback', 'yes'],
    ['substitute', 'false'],
    ['cores', '5'],
  ]);
  const { setOptions } = deliverOptions({ ...NOTHING, settings }, 'socket', '2.34.8', SETTINGS);
  expect(setOptions).toMatchObject({ tryFallback: true, useSubstitutes: false, buildCores: 5 });
});

test('a daemon that does not trust us ignores all settings but a few', () => {
  const settings = new Map([
    ['sandbox', 'false'],
    ['max-silent-time', '5'],
    ['fallback', 'true'],
  ]);
  expect(ignoredSettings({ ...NOTHING, settings }, 'untrusted')).toEqual(['sandbox']);
  expect(ignoredSettings({ ...NOTHING, settings }, 'trusted')).toEqual([]);
  expect(ignoredSettings({ ...NOTHING, settings }, 'unknown')).toEqual([]);
});

test('daemonArguments spells every option', () => {
  const all: BuildOptions = {
    keepGoing: true,
    maxJobs: 3,
    cores: 2,
    timeout: 60,
    maxSilentTime: 5,
    settings: new Map([['substitute', 'false']]),
  };
  expect(daemonArguments(all).join(' ')).toBe(
    '--keep-going --max-jobs 3 --cores 2 --timeout 60 --max-silent-time 5 --option substitute false',
  );
  expect(daemonArguments(NOTHING)).toEqual([]);
});
