import type { TextCause } from '../cause.ts';

const COMMON = {
  source: 'tools',
  weight: 'cause',
  chapter: 'Evaluating',
  code: 'evaluation-failed',
} as const;

/** What Nix says while it evaluates (primops.cc, flake.cc, filetransfer.cc), ours and that of later steps. */
export const EVALUATION_TEXTS: readonly TextCause[] = [
  {
    ...COMMON,
    id: 'impure',
    message: "use '--impure' to override",
    patterns: [/use '--impure' to override/i],
    examples: [
      "error: access to absolute path '/etc/passwd' is forbidden in pure evaluation mode (use '--impure' to override)",
      "error: cannot look up '<nixpkgs>' in pure evaluation mode (use '--impure' to override)",
    ],
    why: 'A flake is evaluated purely: it sees no file but its own, no environment, and no NIX_PATH.',
    remedy: 'Add a line `--impure` to eval-args.',
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
  {
    ...COMMON,
    id: 'no-flake',
    message: 'could not find a flake.nix file',
    patterns: [/could not find a flake\.nix file/i],
    examples: [
      "path '/repo' does not contain a 'flake.nix', searching up\nerror: could not find a flake.nix file",
    ],
    why: 'Neither this folder nor one above it is a flake.',
    remedy:
      'Is actions/checkout before this step, and is working-directory the folder that the flake is in?',
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
  {
    ...COMMON,
    id: 'flake-file-missing',
    message: "does not contain a 'flake.nix' file",
    patterns: [
      /does not contain a '?\/?[^'\s]*flake\.nix'?(?!, searching up)(?!')/i,
      /-source\/flake\.nix'?:? (?:does not exist|No such file)/,
    ],
    examples: [
      "error: getting status of '/nix/store/0000-source/flake.nix': No such file or directory",
      "error: path '/nix/store/0000-source/flake.nix' does not exist",
      "error: source tree referenced by 'path:/repo' does not contain a '/flake.nix' file",
    ],
    why: 'There is no flake.nix in what was fetched, or git does not track it. With `--store` of another machine, Nix looks for the fetched tree there.',
    remedy:
      'Is there a flake.nix, and does git know it (`git add flake.nix`)? Where a later step gives Nix `--store`, add `--eval-store auto`.',
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
  {
    ...COMMON,
    id: 'untracked-file',
    message: "path '…-source/…' does not exist",
    // 2.8: `getting status of '…': No such file or directory`; 2.26: `path '…' does not exist`; 2.34 speaks of the repository.
    patterns: [
      /-source\/(?!flake\.nix')[^\r\n]*(?:does not exist|No such file)/,
      /in Git repository|not tracked by Git/,
    ],
    examples: [
      "error: getting status of '/nix/store/0000-source/new.nix': No such file or directory",
      "error: path '/nix/store/0000-source/new.nix' does not exist",
      'error: Path \'new.nix\' in the repository "/work" is not tracked by Git.',
    ],
    why: 'A flake in a git repository consists of the files that git tracks.',
    remedy:
      'A file that git does not track is no part of a flake: git add it, or write path: before the flake.',
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
  {
    ...COMMON,
    id: 'github-limit',
    message: "unable to download 'https://api.github.com/…': HTTP error 403",
    patterns: [/api\.github\.com[^\r\n]*HTTP error 4(?:03|29)/i, /API rate limit exceeded/i],
    examples: [
      "error: unable to download 'https://api.github.com/repos/NixOS/nixpkgs/commits/HEAD': HTTP error 403",
      "error: unable to download 'https://api.github.com/repos/x/y/tarball/z': HTTP error 429",
    ],
    why: 'GitHub answers anonymous requests of one address a few times an hour, and runners share addresses.',
    remedy:
      'GitHub limits anonymous requests to a few an hour: give github-token, for example ${{ github.token }}.',
    shown: 'captured',
  },
  {
    ...COMMON,
    id: 'feature-disabled',
    message: "experimental Nix feature '…' is disabled",
    patterns: [/experimental Nix feature '(?<feature>[^']*)' is disabled/i],
    examples: [
      "error: experimental Nix feature 'flakes' is disabled; use '--extra-experimental-features flakes' to override",
      "error: experimental Nix feature 'ca-derivations' is disabled; add '--extra-experimental-features ca-derivations' to enable it",
      "error: experimental Nix feature 'ca-derivations' is disabled, it is needed to build x; add '--extra-experimental-features ca-derivations' to enable it",
    ],
    why: 'The Nix that says so was not told to do that.',
    remedy:
      '`experimental-features = nix-command flakes {feature}` in nix.conf of the machine that says so; on the runner, a line of `extra-nix-config`.',
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
  {
    ...COMMON,
    id: 'evaluation-memory',
    message: 'nix was ended by SIGKILL, most likely for lack of memory',
    patterns: [
      /nix was ended by SIGKILL, most likely for lack of memory/,
      /^(?:error: )?out of memory$/m,
    ],
    examples: ['nix was ended by SIGKILL, most likely for lack of memory', 'error: out of memory'],
    why: 'The attribute was evaluated by itself, so that no other is to blame, and took more memory than the runner, or the control group that the job is in, has.',
    remedy: 'Use a runner with more memory, or make smaller what the attribute evaluates.',
    shown: '__tests__/nix/walk-crew.test.ts',
  },
  {
    ...COMMON,
    id: 'remote-store-without-eval-store',
    chapter: 'Later steps',
    message: "path '/nix/store/' is not in the Nix store",
    patterns: [/path '\/nix\/store\/' is not in the Nix store/i],
    examples: ["error: path '/nix/store/' is not in the Nix store"],
    why: 'Nix 2.29 to 2.34.0 evaluates no flake in a store of another machine.',
    remedy: 'Leave `--store` out (later steps offload by themselves), or add `--eval-store auto`.',
    shown: 'captured',
  },
];
