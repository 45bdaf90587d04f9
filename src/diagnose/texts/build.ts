import type { TextCause } from '../cause.ts';

const COMMON = { source: 'daemon', weight: 'cause', chapter: 'Building' } as const;

/** How a build fails (derivation-goal.cc, derivation-building-goal.cc, build-result.hh). */
export const BUILD_TEXTS: readonly TextCause[] = [
  {
    ...COMMON,
    id: 'hash-mismatch',
    code: 'build-failed',
    message: "hash mismatch in fixed-output derivation '…'",
    patterns: [
      /hash mismatch in fixed-output derivation '(?<drv>[^']*)'[\s\S]*?specified: +(?<specified>\S+)\s+got: +(?<got>\S+)/i,
    ],
    examples: [
      "error: hash mismatch in fixed-output derivation '/nix/store/x.drv':\n         specified: sha256-AAAA\n            got:    sha256-BBBB",
    ],
    why: 'What was downloaded is not what the hash was made of: the source has changed, or the hash was not updated with the version.',
    remedy: 'If the change is meant, put {got} in place of {specified}.',
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
  {
    ...COMMON,
    id: 'timed-out',
    code: 'build-failed',
    message: 'timed out after … seconds',
    patterns: [/timed out after (?<seconds>\d+) seconds(?! of silence)/i],
    examples: [
      "error: building of '/nix/store/x.drv!out' from .drv file timed out after 2 seconds",
      'error: timed out after 2 seconds',
    ],
    why: 'The build took longer than `timeout` allows. Nix since 2.34 says the same of one that was silent for `max-silent-time`.',
    remedy:
      'Raise the input `timeout` or `max-silent-time`, or the setting in nix.conf on the machine that builds.',
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
  {
    ...COMMON,
    id: 'silent',
    code: 'build-failed',
    message: 'timed out after … seconds of silence',
    patterns: [/timed out after (?<seconds>\d+) seconds of silence/i],
    examples: [
      "error: building of '/nix/store/x.drv!out' from .drv file timed out after 2 seconds of silence",
    ],
    why: 'The build printed nothing for {seconds} s, which `max-silent-time` takes for a hang.',
    remedy: 'Raise the input `max-silent-time`, or have the build print something now and then.',
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
  {
    ...COMMON,
    id: 'builder-killed',
    code: 'build-failed',
    message: "builder for '…' failed due to signal …",
    patterns: [
      /builder for '(?<drv>[^']*)' failed due to signal (?<signal>\d+)/i,
      /Reason: builder failed due to signal (?<signal>\d+)/i,
    ],
    examples: [
      "error: builder for '/nix/store/x.drv' failed due to signal 9 (Killed);",
      "error: Cannot build '/nix/store/x.drv'.\n       Reason: builder failed due to signal 9 (Killed).",
    ],
    why: 'The builder was ended from outside by signal {signal}; 9 is usually memory that ran out.',
    remedy:
      '`dmesg | grep -i "out of memory"` on the machine that builds; lower `max-jobs` or `cores`, or give it more memory.',
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
  {
    ...COMMON,
    id: 'builder-failed',
    weight: 'symptom',
    code: 'build-failed',
    message: "builder for '…' failed with exit code …",
    patterns: [
      /builder for '(?<drv>[^']*)' failed with exit code (?<exit>\d+)/i,
      /Reason: builder failed with exit code (?<exit>\d+)/i,
    ],
    examples: [
      "error: builder for '/nix/store/x.drv' failed with exit code 1;\n       last 2 log lines:\n       > compiling",
      "error: Cannot build '/nix/store/x.drv'.\n       Reason: builder failed with exit code 1.\n       Output paths:\n         /nix/store/x",
    ],
    why: 'The build itself failed. Through a builder, a lost connection and an input that was refused read the same: an earlier line says so then.',
    remedy:
      "Its whole log is above, in the step's log, and a file in the folder of the output log-dir.",
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
  {
    ...COMMON,
    id: 'output-missing',
    code: 'build-failed',
    message: "builder for '…' failed to produce output path for output '…'",
    patterns: [/builder for '(?<drv>[^']*)' failed to produce output path/i],
    examples: [
      "error: builder for '/nix/store/x.drv' failed to produce output path for output 'out' at '/nix/store/x'",
      "error: builder for '/nix/store/x.drv' failed to produce output path for output 'dev' at /nix/store/x",
    ],
    why: 'The build ended well, but did not make one of its outputs.',
    remedy: 'Have the build write to that output (`mkdir -p $out`), or take it out of `outputs`.',
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
  {
    ...COMMON,
    id: 'dependency-failed',
    weight: 'echo',
    message: "1 dependencies of derivation '…' failed to build",
    patterns: [
      /\d+ dependenc(?:y|ies) of derivation '[^']*' failed to build/i,
      /Reason: \d+ dependenc(?:y|ies) failed/i,
      /Build failed due to failed dependency/i,
      /build of (?:resolved derivation )?'[^'\n]*'(?:, '[^'\n]*')* failed\s*$/im,
    ],
    examples: [
      "error: 1 dependencies of derivation '/nix/store/x.drv' failed to build",
      "error: Cannot build '/nix/store/x.drv'.\n       Reason: 1 dependency failed.",
      'error: Build failed due to failed dependency',
      "error: build of '/nix/store/x.drv', '/nix/store/y.drv' failed",
    ],
    why: 'Another derivation failed, and this one needs it.',
    remedy: 'See what failed first.',
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
  {
    ...COMMON,
    id: 'not-deterministic',
    code: 'build-failed',
    message: "derivation '…' may not be deterministic: output '…' differs",
    patterns: [/derivation '(?<drv>[^']*)' may not be deterministic/i],
    examples: [
      "error: derivation '/nix/store/x.drv' may not be deterministic: output '/nix/store/x' differs",
      "error: derivation '/nix/store/x.drv' may not be deterministic: output '/nix/store/x' differs from '/nix/store/x.check'",
    ],
    why: 'Built again, it came out different.',
    remedy:
      '`--keep-failed` keeps the second output beside the first as `.check`, on the machine that builds: compare them with diffoscope.',
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
  {
    ...COMMON,
    id: 'nothing-to-rebuild',
    code: 'build-failed',
    message: "some outputs of '…' are not valid, so checking is not possible",
    patterns: [/some outputs of '(?<drv>[^']*)' are not valid, so checking is not possible/i],
    examples: [
      "error: some outputs of '/nix/store/x.drv' are not valid, so checking is not possible",
    ],
    why: 'To be compared, it must have been built there before.',
    remedy: 'Build it without `--rebuild` first.',
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
];
