import type { NixSettings } from '../nix/settings.ts';
import type { DaemonOptions } from '../store/store.ts';
import { DEFAULT_LOGGING, type BuildOptions, type Logging } from './daemon-options.ts';

/** What a client of the offload socket asks of whoever builds for it. */
export interface ClientRequest {
  readonly options: BuildOptions;
  readonly logging: Logging;
}

/** Nix's defaults of what decides whether a client asked for something, where the runner's own settings are not known. */
const DEFAULTS: NixSettings = new Map([
  ['keep-going', 'false'],
  ['keep-failed', 'false'],
  ['fallback', 'false'],
  ['substitute', 'true'],
  ['max-silent-time', '0'],
  ['timeout', '0'],
  ['cores', '0'],
]);

/**
 * Finds out what a client asks for. SetOptions always carries every value, asked for or not; what is as the runner's own settings have
 * it was not asked for, and stays as the builder has it: a runner of two cores must not hold back a builder of sixty-four.
 * `--max-jobs 0` is how Nix is told to build nothing on the runner itself, which is so already.
 *
 * @param client what the client last sent
 * @param runner the runner's own settings; undefined if they could not be read
 * @param step what the step was given as inputs: in force where the client asks for nothing else
 */
export function clientRequest(
  client: DaemonOptions | undefined,
  runner: NixSettings | undefined,
  step: BuildOptions,
): ClientRequest {
  if (!client) return { options: step, logging: DEFAULT_LOGGING };
  const usual = new Map([...DEFAULTS, ...(runner ?? [])]);
  const asked = <T extends boolean | number | string>(name: string, value: T): T | undefined =>
    usual.has(name) && usual.get(name) !== String(value) ? value : undefined;
  const jobs = client.maxBuildJobs === 0 ? undefined : asked('max-jobs', client.maxBuildJobs);
  const timeout = asked('timeout', client.overrides.get('timeout') ?? usual.get('timeout') ?? '');
  const settings = [
    ['keep-failed', asked('keep-failed', client.keepFailed)],
    ['fallback', asked('fallback', client.tryFallback)],
    ['substitute', asked('substitute', client.useSubstitutes)],
    ...PASSED_ON.map((name) => [name, differing(client.overrides, usual, name)] as const),
  ] as const;
  return {
    options: {
      keepGoing: asked('keep-going', client.keepGoing) ?? step.keepGoing,
      maxJobs: jobs ?? step.maxJobs,
      cores: asked('cores', client.buildCores) ?? step.cores,
      timeout: timeout === undefined ? step.timeout : Number(timeout),
      maxSilentTime: asked('max-silent-time', client.maxSilentTime) ?? step.maxSilentTime,
      settings: new Map([
        ...step.settings,
        ...settings.flatMap(([name, value]) =>
          value === undefined ? [] : [[name, String(value)] as const],
        ),
      ]),
    },
    logging: { verbosity: client.verbosity, verboseBuild: client.verboseBuild },
  };
}

/** Of what a client overrides by name, what makes sense on another machine and is heeded there from anybody. */
const PASSED_ON = ['build-poll-interval', 'connect-timeout'] as const;

function differing(overrides: NixSettings, usual: NixSettings, name: string): string | undefined {
  const value = overrides.get(name);
  return value === usual.get(name) ? undefined : value;
}
