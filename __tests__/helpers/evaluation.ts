import type { NixHost, RunOptions } from '../../lab/index.ts';
import type { Answer, Job, SeenAttribute } from './evaluate-main.ts';

export const SYSTEM = process.arch === 'arm64' ? 'aarch64-linux' : 'x86_64-linux';
export const OTHER_SYSTEM = process.arch === 'arm64' ? 'x86_64-linux' : 'aarch64-linux';

/** Evaluates on a host, as `ci` in its home unless said otherwise. */
export async function evaluateOn(
  host: NixHost,
  installables: readonly string[],
  job: Partial<Job> = {},
  options: RunOptions = {},
): Promise<Answer> {
  const whole: Job = {
    installables,
    source: { kind: 'flake' },
    evalArgs: [],
    system: SYSTEM,
    systems: [SYSTEM],
    nix: 'nix',
    localStore: host.setup === 'daemon' ? 'daemon' : 'local',
    cancelAfter: null,
    ...job,
  };
  const argv = ['node', '/checkout/__tests__/helpers/evaluate-main.ts'];
  const printed = await host.output(argv, { user: 'ci', ...options, stdin: JSON.stringify(whole) });
  return JSON.parse(printed) as Answer;
}

/** The derivations that stock Nix would build for these arguments of `nix build`, sorted. */
export async function stockDrvPaths(
  host: NixHost,
  args: readonly string[],
  options: RunOptions = {},
): Promise<readonly string[]> {
  const argv = ['nix', 'build', '--dry-run', '--json', '--no-link', ...args];
  const printed = await host.output(argv, { user: 'ci', ...options });
  const results = JSON.parse(printed) as readonly { readonly drvPath: string }[];
  return [...new Set(results.map(({ drvPath }) => drvPath))].sort();
}

/** The derivations of an answer, sorted; a failure among them fails the test with its message. */
export function drvPathsOf({ attributes }: Pick<Answer, 'attributes'>): readonly string[] {
  return [...new Set(attributes.map(drvPathOf))].sort();
}

function drvPathOf({ drvPath, attribute, message }: SeenAttribute): string {
  if (drvPath === undefined) {
    throw new Error(`${attribute} is no derivation: ${message ?? ''}`);
  }
  return drvPath;
}
