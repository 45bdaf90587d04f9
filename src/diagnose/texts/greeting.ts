import type { TextCause } from '../cause.ts';

const COMMON = { source: 'tools', weight: 'cause', chapter: "The builder's Nix" } as const;

/** What keeps a Nix daemon from greeting, as shells, OpenSSH's far end and stock Nix tell it (remote-store.cc, legacy-ssh-store.cc, ssh.cc). */
export const GREETING_TEXTS: readonly TextCause[] = [
  {
    ...COMMON,
    id: 'nix-not-on-path',
    code: 'nix-missing',
    message: 'nix-daemon: command not found',
    patterns: [
      /(?<program>\S*\bnix-(?:daemon|store)\b)'?:? (?:command )?not found/i,
      /(?:command not found|unknown command):? .*(?<program>\bnix-(?:daemon|store)\b)/i,
      /(?<program>\S*\bnix-(?:daemon|store)\b)\S*: No such file or directory/i,
    ],
    examples: [
      'bash: line 1: nix-daemon: command not found',
      'sh: 1: nix-daemon: not found',
      'zsh:1: command not found: nix-store',
      'fish: Unknown command: nix-daemon',
      'env: ‘/opt/nix-daemon’: No such file or directory',
    ],
    why: "PATH of a non-interactive shell on the builder lacks Nix's programs, or they are not installed.",
    remedy:
      'Append `?remote-program=/nix/var/nix/profiles/default/bin/nix-daemon` to the store URI, or `SetEnv PATH=…` in sshd_config on the builder.',
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
  {
    ...COMMON,
    id: 'nix-not-on-path-here',
    chapter: 'Later steps',
    code: 'nix-missing',
    message: 'nix: command not found',
    patterns: [/(?:^|[\s:'"])nix'?: (?:command )?not found/i, /command not found: nix\s*$/im],
    examples: ['bash: line 1: nix: command not found', 'sh: 1: nix: not found'],
    why: 'There is no Nix on the PATH of that step, or of that machine.',
    remedy: 'Install Nix in an earlier step of the job, or have this action do it.',
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
  {
    ...COMMON,
    id: 'remote-ended',
    weight: 'symptom',
    message: "cannot open connection to remote store '…': error: unexpected end-of-file",
    patterns: [
      /cannot open connection to remote store '(?<store>[^']*)':\s*(?:error:\s*)?(?:unexpected end-of-file|Nix daemon disconnected)/i,
      /Nix daemon disconnected unexpectedly/i,
      /write of \d+ bytes: Broken pipe/i,
    ],
    examples: [
      "error: cannot open connection to remote store 'ssh-ng://builder': error: unexpected end-of-file",
      "error: cannot open connection to remote store 'ssh-ng://builder': error: Nix daemon disconnected unexpectedly (maybe it crashed?)",
      'error: write of 16 bytes: Broken pipe',
    ],
    why: 'The program on the builder ended at once: not found, crashed, no daemon behind it, or this user may not use it. Lines before it may say more.',
    remedy:
      '`ssh USER@HOST nix-daemon --version`, then `systemctl status nix-daemon` on the builder.',
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
  {
    ...COMMON,
    id: 'serve-ended',
    weight: 'symptom',
    message: "cannot connect to '…'",
    patterns: [/cannot connect to '(?<host>[^'/\s]+)'\s*$/im],
    examples: ["error: cannot connect to 'ci@builder'"],
    why: '`nix-store --serve` on the builder ended at once. Lines before it may say why.',
    remedy: '`ssh {host} nix-store --version` says whether it is found.',
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
  {
    ...COMMON,
    id: 'ssh-not-started',
    weight: 'symptom',
    chapter: 'Reaching the builder',
    message: "failed to start SSH connection to '…'",
    patterns: [/failed to start SSH (?:master )?connection to '(?<host>[^']*)'/i],
    examples: [
      "error: failed to start SSH connection to 'builder'",
      "error: failed to start SSH master connection to 'builder'",
    ],
    why: '`ssh` ended before it was let in. The line before says why.',
    remedy:
      'Look at the line before; `ssh -v {host} true` as the user that runs Nix (root under a daemon) says more.',
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
  {
    ...COMMON,
    id: 'control-master',
    code: 'protocol-mismatch',
    message: "protocol mismatch, got 'started…'",
    patterns: [/protocol mismatch, got 'started/i],
    examples: [
      "error: cannot open connection to remote store 'ssh-ng://builder': error: protocol mismatch, got 'started\noixd'",
    ],
    why: 'OpenSSH shares a connection (`ControlMaster`), and what it says of that got into the stream.',
    remedy:
      '`NIX_SSHOPTS="-o ControlMaster=no -o ControlPath=none"` for that command, and no `max-connections` in the URI.',
    shown: 'captured',
  },
  {
    ...COMMON,
    id: 'shell-noise',
    code: 'protocol-mismatch',
    message: "protocol mismatch, got '…'",
    patterns: [
      /protocol mismatch(?: from '[^']*')?, got '(?!started|This account is)(?<noise>[^\r\n']*)/i,
      /serialised integer \d+ is too large for type/i,
    ],
    examples: [
      "error: cannot open connection to remote store 'ssh-ng://builder': error: protocol mismatch, got 'Welcome to builder 7'",
      "error: 'nix-store --serve' protocol mismatch from 'ci@builder', got 'Welcome to builder 7'",
      "error: serialised integer 7163384699739271026 is too large for type 'm'",
    ],
    why: 'A start file of the shell on the builder prints something before Nix can speak: {noise}',
    remedy:
      'In .bashrc, .profile and /etc/profile.d on the builder, print nothing in non-interactive shells: `[[ $- == *i* ]] || return`.',
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
  {
    ...COMMON,
    id: 'versions-apart',
    code: 'protocol-too-old',
    message: 'the Nix daemon version is too old',
    patterns: [
      /(?<!your )(?:Nix )daemon version is too old/i,
      /Nix (?:daemon )?protocol version not supported/i,
      /the Nix client version is too old/i,
    ],
    examples: [
      'error: the Nix daemon version is too old',
      "error: cannot open connection to remote store 'ssh-ng://builder': error: Nix daemon protocol version not supported",
      'error: the Nix client version is too old',
      'error: The remote Nix daemon version is too old',
    ],
    why: 'The two sides share no version of the worker protocol: Nix before 2.0, or Lix 2.94 and newer with a Nix before 2.15.',
    remedy: 'Upgrade Nix on the older side, and restart its nix-daemon.',
    shown: 'captured',
  },
  {
    ...COMMON,
    id: 'stream-desync',
    code: 'protocol-violation',
    message: 'got unknown message type … from Nix daemon',
    patterns: [/got unknown message type \S+ from Nix daemon/i],
    examples: ['error: got unknown message type 6572616f from Nix daemon'],
    why: 'Something other than Nix wrote into the stream: a background job of a start file on the builder, for instance.',
    remedy:
      'Let start files of that user on the builder print nothing, and start nothing that prints.',
    shown: 'captured',
  },
  {
    ...COMMON,
    id: 'offload-socket-gone',
    chapter: 'Later steps',
    message: 'cannot connect to socket at …/nix-remote-build.sock',
    patterns: [/cannot connect to (?:socket|daemon) at '?\S*nix-remote-build\.sock/i],
    examples: [
      "error: cannot connect to socket at '/tmp/nrb-x/nix-remote-build.sock': Connection refused",
    ],
    why: 'The process that serves `nix` in later steps has ended: a step that ends all processes of its user ends this one, too.',
    remedy: 'Set up anew in a step after that one; post shows the last words of the process.',
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
  {
    ...COMMON,
    id: 'daemon-stopped',
    source: 'daemon',
    message: "cannot connect to socket at '/nix/var/nix/daemon-socket/socket': …",
    patterns: [
      /cannot connect to (?:socket|daemon) at '?(?!\S*nix-remote-build\.sock)(?<socket>[^'\s]+)'?: (?<reason>Connection refused|No such file or directory|Permission denied)/i,
    ],
    examples: [
      "error: cannot connect to socket at '/nix/var/nix/daemon-socket/socket': Connection refused",
      "error: cannot connect to daemon at '/nix/var/nix/daemon-socket/socket': No such file or directory",
      "error: cannot connect to socket at '/nix/var/nix/daemon-socket/socket': Permission denied",
    ],
    why: 'The Nix daemon of {machine} does not run, or its folder is closed to this user ({reason}).',
    remedy: '`systemctl start nix-daemon.socket` on that machine.',
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
  {
    ...COMMON,
    id: 'store-of-another',
    source: 'daemon',
    message: "opening lock file '/nix/var/nix/db/big-lock': Permission denied",
    patterns: [
      /opening lock file ['"]?\S*big-lock['"]?: Permission denied/i,
      /(?:creating|opening)(?: \w+)? ['"]?\/nix\/(?:store|var)\S*['"]?: Permission denied/i,
      /could not set permissions on '\/nix\/var\/[^']*'[^\r\n]*: Operation not permitted/i,
    ],
    examples: [
      "error: opening lock file '/nix/var/nix/db/big-lock': Permission denied",
      "error: creating directory '/nix/var/nix/profiles': Permission denied",
      "error: could not set permissions on '/nix/var/nix/profiles/per-user' to 755: Operation not permitted",
    ],
    why: 'The store belongs to another user, and there is no daemon between: Nix was installed there for a single user.',
    remedy: 'Log in as the owner of /nix on that machine, or run a nix-daemon there.',
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
];
