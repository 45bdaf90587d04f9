import { describe, expect, test } from 'vitest';
import { clientRequest } from '../../src/build/client-options.ts';
import type { BuildOptions } from '../../src/build/daemon-options.ts';
import type { DaemonOptions } from '../../src/store/store.ts';

const NOTHING: BuildOptions = {
  keepGoing: undefined,
  maxJobs: undefined,
  cores: undefined,
  timeout: undefined,
  maxSilentTime: undefined,
  settings: new Map(),
};

const RUNNER = new Map([
  ['max-jobs', '2'],
  ['cores', '0'],
  ['keep-going', 'false'],
  ['timeout', '600'],
  ['substitute', 'true'],
  ['connect-timeout', '15'],
]);

/** What a client sends that was started without any option, on a runner with these settings. */
const PLAIN: DaemonOptions = {
  keepFailed: false,
  keepGoing: false,
  tryFallback: false,
  verbosity: 3,
  verboseBuild: true,
  maxBuildJobs: 2,
  maxSilentTime: 0,
  buildCores: 0,
  useSubstitutes: true,
  overrides: new Map([
    ['timeout', '600'],
    ['connect-timeout', '15'],
    ['substituters', 'https://cache.example.org'],
  ]),
};

function optionsOf(client: Partial<DaemonOptions>, step: BuildOptions = NOTHING): BuildOptions {
  return clientRequest({ ...PLAIN, ...client }, RUNNER, step).options;
}

describe('what a client of the offload socket asks for', () => {
  test('is nothing where it sends what the runner has', () => {
    expect(optionsOf({})).toEqual(NOTHING);
    expect(clientRequest(PLAIN, undefined, NOTHING).options.maxJobs).toBeUndefined();
    expect(clientRequest(undefined, RUNNER, NOTHING).options).toEqual(NOTHING);
  });

  test('is what differs from the runner’s settings', () => {
    expect(
      optionsOf({
        keepGoing: true,
        maxBuildJobs: 8,
        buildCores: 3,
        maxSilentTime: 5,
        overrides: new Map([['timeout', '10']]),
      }),
    ).toEqual({ ...NOTHING, keepGoing: true, maxJobs: 8, cores: 3, maxSilentTime: 5, timeout: 10 });
    expect(
      optionsOf({ keepFailed: true, tryFallback: true, useSubstitutes: false }).settings,
    ).toEqual(
      new Map([
        ['keep-failed', 'true'],
        ['fallback', 'true'],
        ['substitute', 'false'],
      ]),
    );
  });

  test('is not to build nothing: --max-jobs 0 forbids builds on the runner only', () => {
    expect(optionsOf({ maxBuildJobs: 0 }).maxJobs).toBeUndefined();
    expect(optionsOf({ maxBuildJobs: 0 }, { ...NOTHING, maxJobs: 6 }).maxJobs).toBe(6);
  });

  test('goes before what the step was given, which holds for the rest', () => {
    const step = { ...NOTHING, keepGoing: true, cores: 7, settings: new Map([['fsync', 'no']]) };
    expect(optionsOf({ buildCores: 3 }, step)).toEqual({ ...step, cores: 3 });
  });

  test('of settings by name is only what makes sense on another machine', () => {
    const overrides = new Map([
      ['connect-timeout', '3'],
      ['substituters', 'https://elsewhere.example.org'],
      ['sandbox', 'false'],
    ]);
    expect(optionsOf({ overrides }).settings).toEqual(new Map([['connect-timeout', '3']]));
  });

  test('is heard of how much the daemon is to tell', () => {
    const { logging } = clientRequest(
      { ...PLAIN, verbosity: 5, verboseBuild: false },
      RUNNER,
      NOTHING,
    );
    expect(logging).toEqual({ verbosity: 5, verboseBuild: false });
  });
});
