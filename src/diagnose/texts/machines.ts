import type { TextCause } from '../cause.ts';

const COMMON = { source: 'tools', weight: 'cause', chapter: 'Which machine builds' } as const;

/** How Nix finds a machine to build on (build-remote.cc, machines.cc, worker.cc, derivation-building-goal.cc). */
export const MACHINE_TEXTS: readonly TextCause[] = [
  {
    ...COMMON,
    id: 'system-or-features',
    follows: ['machine-not-reached'],
    source: 'daemon',
    message: "a '…' with features {…} is required to build '…', but I am a '…' with features {…}",
    patterns: [
      /a '(?<system>[^']*)' with features \{(?<features>[^}]*)\} is required to build '(?<drv>[^']*)', but I am a/i,
      /Reason: required system or feature not available\s+Required system: '(?<system>[^']*)' with features \{(?<features>[^}]*)\}/i,
      /Reason: platform mismatch\s+Required system: '(?<system>[^']*)'/i,
      /Reason: missing system features\s+Required features: \{(?<features>[^}]*)\}/i,
    ],
    examples: [
      "error: a 'aarch64-linux' with features {} is required to build '/nix/store/x.drv', but I am a 'x86_64-linux' with features {kvm}",
      "error: Cannot build '/nix/store/x.drv'.\n       Reason: required system or feature not available\n       Required system: 'aarch64-linux' with features {}\n       Current system: 'x86_64-linux' with features {kvm}",
      "error: Cannot build '/nix/store/x.drv'.\n       Reason: platform mismatch\n       Required system: 'aarch64-linux'\n       Current system: 'x86_64-linux'",
      "error: Cannot build '/nix/store/x.drv'.\n       Reason: missing system features\n       Required features: {big-parallel}\n       Available features: {kvm}",
    ],
    why: 'No machine that is there builds for that system with those features.',
    remedy:
      'Use a builder for that system and with those features, or set extra-platforms on this one if it can run such programs.',
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
  {
    ...COMMON,
    id: 'no-machine-fits',
    follows: ['machine-not-reached'],
    message: 'Failed to find a machine for remote build!',
    patterns: [
      /Failed to find a machine for remote build!\s+derivation: (?<drv>[^\r\n]*)\s+required \(system, features\): \((?<system>[^,]*), \[?(?<features>[^\])]*)\]?\)/i,
    ],
    examples: [
      'Failed to find a machine for remote build!\nderivation: x.drv\nrequired (system, features): (x86_64-linux, big-parallel)\n1 available machines:\n(systems, maxjobs, supportedFeatures, mandatoryFeatures)\n(x86_64-linux, 1, , )',
      'Failed to find a machine for remote build!\nderivation: x.drv\nrequired (system, features): (x86_64-linux, [big-parallel])\n1 available machines:\n(systems, maxjobs, supportedFeatures, mandatoryFeatures)\n([x86_64-linux], 1, [], [])',
    ],
    why: 'No machine in `builders` is for {system} with the features {features}; or the one that is could not be reached, which an earlier line says.',
    remedy:
      "Add them to the machine's `systems` and `supportedFeatures` (`big-parallel,kvm,nixos-test,benchmark` are the usual ones), and to `system-features` in its own nix.conf.",
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
  {
    ...COMMON,
    id: 'machine-not-reached',
    weight: 'symptom',
    message: "cannot build on '…': …",
    patterns: [/cannot build on '(?<machine>[^']*)': (?<reason>[^\r\n]*)/i],
    examples: ["cannot build on 'ssh://ci@builder': error: something that nobody knows"],
    why: 'Nix could not connect to {machine} and leaves it out: {reason}',
    remedy: 'See what stands behind the colon, and the lines before.',
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
  {
    ...COMMON,
    id: 'no-jobs',
    follows: ['machine-not-reached'],
    message: "Unable to start any build; either increase '--max-jobs' or enable remote builds",
    patterns: [
      /unable to start any build;\s+either (?:increase|set) '?--max-jobs/i,
      /Reason: local builds are disabled/i,
    ],
    examples: [
      "error: unable to start any build; either increase '--max-jobs' or enable remote builds.\nhttps://nixos.org/manual/nix/stable/advanced-topics/distributed-builds.html",
      "error: Unable to start any build;\n       either increase '--max-jobs' or enable remote builds.",
      "error: Cannot build '/nix/store/x.drv'.\n       Reason: local builds are disabled (max-jobs = 0)",
    ],
    why: '`max-jobs = 0`, and no machine takes it.',
    remedy:
      'With max-jobs: 0 the runner itself builds nothing, preferLocalBuild or not. Leave max-jobs out, or use a machine for that system and ' +
      "with those features (what Nix downloads by itself, as builtin:fetchurl, is of the system 'builtin').",
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
  {
    ...COMMON,
    id: 'no-machine-left',
    follows: ['machine-not-reached'],
    message: 'Unable to start any build; remote machines may not have all required system features',
    patterns: [/unable to start any build;\s+remote machines may not/i],
    examples: [
      'error: unable to start any build; remote machines may not have all required system features.',
      'error: Unable to start any build;\n       remote machines may not have all required system features.',
    ],
    why: '`max-jobs = 0`, and each machine lacks the system or a feature, or could not be reached.',
    remedy:
      'With max-jobs: 0 the runner itself builds nothing, preferLocalBuild or not. Leave max-jobs out, or use a machine for that system and ' +
      "with those features (what Nix downloads by itself, as builtin:fetchurl, is of the system 'builtin').",
    shown: 'captured',
  },
  {
    ...COMMON,
    id: 'store-builds-nothing',
    message: "Unable to build with a primary store that isn't a local store",
    patterns: [/Unable to build with a primary store that isn't a local store/i],
    examples: [
      "error: Unable to build with a primary store that isn't a local store; either pass a different '--store' or enable remote builds.",
    ],
    why: '`--store` or `store` in nix.conf names a store that Nix cannot build in, and no builder took it.',
    remedy:
      'Leave `--store` out in later steps: `nix build` is offloaded by itself. For `ssh://` write `ssh-ng://`.',
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
  {
    ...COMMON,
    id: 'machines-line',
    code: 'machines-invalid',
    message: 'bad machine specification: …',
    patterns: [/bad machine specification/i, /speed factor must be >= 0/i],
    examples: [
      "error: bad machine specification: failed to convert column #3 in a row: 'ssh://builder x86_64-linux - many' to 'unsigned int'",
      "error: bad machine specification '- x86_64-linux'",
      'error: speed factor must be >= 0',
    ],
    why: 'A line of `builders` or /etc/nix/machines does not have the form `URI SYSTEMS KEY MAXJOBS SPEED FEATURES MANDATORY HOSTKEY`. A `;` in a comment begins a machine before Nix 2.29.',
    remedy:
      'Correct that line on the machine that runs Nix; this step checks the lines of its own input by itself.',
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
  {
    ...COMMON,
    id: 'lock-name-too-long',
    message: 'opening lock file …: File name too long',
    patterns: [/opening lock file .*: File name too long/i],
    examples: [
      "error: opening lock file '/nix/var/nix/current-load/ssh-ng:__ci@builder?base64-ssh-public-host-key=AAAA-0': File name too long",
    ],
    why: "Nix names a lock file after the machine's URI, and that is too long: usually a key in it.",
    remedy: 'Put key and host key into the third and the last field of the line, not into the URI.',
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
  {
    ...COMMON,
    id: 'upload-lock',
    weight: 'symptom',
    message: 'somebody is hogging the upload lock …',
    patterns: [/somebody is hogging the upload lock|waiting for the upload lock/i],
    examples: [
      "somebody is hogging the upload lock for '%s', continuing...",
      "waiting for the upload lock to 'ssh-ng://builder'",
    ],
    why: 'Nix sends inputs of one build at a time to a builder.',
    remedy:
      '`mode: remote-store` sends no inputs; else `builders-use-substitutes = true` on the machine that runs Nix.',
    shown: 'captured',
  },
  {
    ...COMMON,
    id: 'machines-busy',
    weight: 'symptom',
    message: 'waiting for a machine to build …',
    patterns: [/waiting for a machine to build/i],
    examples: ["waiting for a machine to build '/nix/store/x.drv'"],
    why: 'Every place on every machine is taken.',
    remedy: "Raise the machine's `maxJobs` (fourth field).",
    shown: 'captured',
  },
  {
    ...COMMON,
    id: 'hook-died',
    message: 'build hook died unexpectedly',
    patterns: [
      /build hook died unexpectedly/i,
      /bad hook reply/i,
      /while reading the response from the build hook/i,
    ],
    examples: [
      'error: build hook died unexpectedly: ',
      "error: bad hook reply '# '",
      'error: unexpected EOF\n       … while reading the response from the build hook',
    ],
    why: "Nix's own program for remote builders crashed: a setting that it does not take, or no `ssh`.",
    remedy:
      '`nix __build-remote 0` by hand, as the user that runs Nix (root under a daemon), shows what it says.',
    shown: 'captured',
  },
];
