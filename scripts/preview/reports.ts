/** Made-up steps, one for each kind of page that people meet. */
import type { BuildRecord } from '../../src/build/build-record.ts';
import { NO_HISTORY } from '../../src/build/build-record.ts';
import type { StepReport } from '../../src/build/step-request.ts';
import { ActionError } from '../../src/domain/errors.ts';
import { isGood, type Outcome, type OutcomeStatus } from '../../src/domain/outcome.ts';
import { parseDrvPath, parseStorePath, type DrvPath } from '../../src/domain/store-path.ts';

const REMOTE = 'ssh-ng://ci@builder.example.org';

const PHASES = [
  ['connect', 0.41],
  ['evaluate', 3.1],
  ['upload', 0.32],
  ['build', 96.4],
  ['copy-back', 1.2],
] as const;

const LOG = `patching sources
configuring
\u001b[31mbuild/lib/frobnicate.c:412:9: error:\u001b[0m implicit declaration of function 'frob' [-Wimplicit-function-declaration]
  412 |   return frob(<context>, "a|b", \`c\`);
      |          ^~~~
make[1]: *** [Makefile:88: build/lib/frobnicate.o] Error 1
::error::this is text of a build, no annotation
</pre><script>alert("no script")</script> **not bold** | no | cell |`;

/** A hash that differs from name to name. */
function hashOf(name: string): string {
  const letters = '0123456789abcdfghijklmnpqrsvwxyz';
  let seed = 7;
  for (const each of name) seed = (seed * 31 + (each.codePointAt(0) ?? 0)) % 1_000_003;
  return Array.from({ length: 32 }, () => {
    seed = (seed * 48_271 + 11) % 2_147_483_647;
    return letters[seed % letters.length];
  }).join('');
}

function drvPathOf(name: string): DrvPath {
  return parseDrvPath(`/nix/store/${hashOf(`${name}.drv`)}-${name}.drv`);
}

function outcome(name: string, status: OutcomeStatus, more: Partial<Outcome> = {}): Outcome {
  const isBuilt = status === 'built' || status === 'failed' || status === 'timed-out';
  return {
    installable: '.#checks',
    attribute: `checks.x86_64-linux.${name}`,
    system: 'x86_64-linux',
    drvPath: drvPathOf(name),
    outputs: isGood(status)
      ? new Map([['out', parseStorePath(`/nix/store/${hashOf(name)}-${name}`)]])
      : new Map(),
    status,
    remote: REMOTE,
    seconds: isBuilt ? 1 + (name.length % 7) * 4.3 : undefined,
    copied: status === 'built',
    positions: [],
    error: undefined,
    ...more,
  };
}

function record(name: string, startedAt: number, seconds: number): BuildRecord {
  const drvPath = drvPathOf(name);
  return {
    ...{ drvPath, startedAt, seconds, verdict: 'built', builder: REMOTE },
    ...{ phase: 'fixupPhase', lastLines: [] },
  };
}

const BUILDS: readonly BuildRecord[] = [
  record('openssl-3.4.1', 0.2, 31.4),
  record('zlib-1.3.1', 0.3, 3.1),
  record('python3-3.12.4', 31.7, 41),
  record('sqlite-3.46.0', 3.6, 12.7),
  record('section-2024', 3.7, 8),
  record('2024-01-01-snapshot', 11.9, 6.4),
  record('frobnicate-2.1', 32, 9.2),
  record('site', 72.8, 22.9),
  record('docs', 72.9, 4.5),
];

const HISTORY = {
  builds: BUILDS,
  criticalPath: ['openssl-3.4.1', 'python3-3.12.4', 'site'].map(drvPathOf),
  causes: new Map<DrvPath, DrvPath>(),
  sizes: new Map(
    ['site', 'docs', 'unit', 'lint'].map((name, index) => [
      parseStorePath(`/nix/store/${hashOf(name)}-${name}`),
      3_400_000 / (index + 1),
    ]),
  ),
  kept: { paths: 1204, bytes: 3_412_000_000 },
};

function report(outcomes: readonly Outcome[], more: Partial<StepReport> = {}): StepReport {
  return {
    mode: 'remote-store',
    reason: undefined,
    predictions: [],
    remote: REMOTE,
    outcomes,
    problems: [],
    pushes: [],
    bytesUploaded: 3_400_000,
    bytesDownloaded: 18_700_000,
    seconds: new Map(PHASES),
    wallSeconds: 99.8,
    source: { kind: 'flake' },
    history: HISTORY,
    ...more,
  };
}

/** All is well. */
export const ALL_GREEN = report([
  ...['site', 'docs', 'unit', 'lint'].map((name) => outcome(name, 'built')),
  outcome('manual', 'cached'),
  outcome('tools', 'substituted'),
]);

const FAILURE = new ActionError(
  'build-failed',
  "builder for '/nix/store/…-frobnicate-2.1.drv' failed with exit code 2. Its log ends with: make[1]: *** [Makefile:88] Error 1",
);

/** Some of everything that can go wrong. */
export const MIXED = report(
  [
    ...ALL_GREEN.outcomes,
    outcome('frobnicate-2.1', 'failed', { error: FAILURE }),
    ...['frob-tests', 'frob-docs'].map((name) =>
      outcome(name, 'dependency-failed', {
        error: new ActionError('build-failed', '1 dependency failed.'),
      }),
    ),
    outcome('endless', 'timed-out', {
      error: new ActionError('build-failed', 'timed out after 600 seconds'),
    }),
    outcome('arm', 'unsupported-system', {
      system: 'aarch64-linux',
      error: new ActionError(
        'build-failed',
        "a 'aarch64-linux' is required, but I am a 'x86_64-linux'",
        {
          hint: 'Use a builder for that system and with those features, or set extra-platforms on this one if it can run such programs.',
        },
      ),
    }),
    outcome('typo', 'evaluation-failed', {
      drvPath: undefined,
      error: new ActionError(
        'evaluation-failed',
        "cannot evaluate checks.x86_64-linux.typo: undefined variable 'pkg', at flake.nix:41:13",
      ),
    }),
    outcome('odd', 'cancelled', {
      attribute: 'checks.x86_64-linux."a | b <script>alert(1)</script> `x`"',
      error: new ActionError('cancelled', 'not built, because another derivation failed first', {
        hint: 'Set keep-going: true to build all that can be built.',
      }),
    }),
  ],
  {
    reason:
      'builds there, because 3.1 GB more would have to be moved to build with remote builders',
    history: {
      ...HISTORY,
      builds: BUILDS.map((build) =>
        build.drvPath === drvPathOf('frobnicate-2.1')
          ? { ...build, verdict: 'failed', phase: 'buildPhase', lastLines: LOG.split('\n') }
          : build,
      ),
      causes: new Map(
        ['frob-tests', 'frob-docs'].map((name) => [drvPathOf(name), drvPathOf('frobnicate-2.1')]),
      ),
    },
  },
);

/** As many as the table takes. */
export const THOUSAND = report([
  outcome('frobnicate-2.1', 'failed', { error: FAILURE }),
  ...Array.from({ length: 999 }, (_, index) =>
    outcome(`package-${index}`, index % 3 === 0 ? 'built' : 'cached'),
  ),
]);

/** Nothing could be evaluated. */
export const EVALUATION_ERROR = report(
  [
    outcome('checks', 'evaluation-failed', {
      ...{ attribute: '.#checks', system: undefined, drvPath: undefined, remote: undefined },
      error: new ActionError(
        'evaluation-failed',
        "cannot evaluate .#checks: syntax error, unexpected ';', expecting '}', at flake.nix:12:7",
      ),
    }),
  ],
  {
    history: NO_HISTORY,
    bytesUploaded: 4200,
    bytesDownloaded: 5100,
    seconds: new Map(PHASES.slice(0, 2)),
    wallSeconds: 3.6,
  },
);

/** There was no key to log in with. */
export const NO_CREDENTIALS = new ActionError(
  'credentials-missing',
  "Input 'ssh-key' is empty, and there is no SSH agent",
  {
    hint:
      'Secrets are not passed to workflows of pull requests from forks and of Dependabot. In any other workflow, the secret is not defined in ' +
      'this repository, or not under this name.',
  },
);
