import type { TextCause } from '../cause.ts';

const COMMON = { source: 'tools', weight: 'cause', chapter: 'Reaching the builder' } as const;

const ROOT =
  "Under a Nix daemon it is root's known_hosts and ssh_config that count, not those of the step.";

/** Who is who (sshconnect.c, sshconnect2.c, authfile.c, readconf.c). */
export const OPENSSH_LOGIN_TEXTS: readonly TextCause[] = [
  {
    ...COMMON,
    id: 'ssh-denied',
    code: 'authentication-failed',
    message: '…: Permission denied (publickey)',
    patterns: [
      /^(?<who>\S+@\S+): Permission denied \((?<methods>[^)\r\n]*)\)/im,
      /Permission denied \((?<methods>(?:publickey|password|keyboard-interactive|gssapi|hostbased)[^)\r\n]*)\)/i,
      /Permission denied, please try again/i,
    ],
    examples: [
      'ci@builder: Permission denied (publickey).',
      'ci@builder: Permission denied (publickey,password,keyboard-interactive).',
      'Permission denied, please try again.',
    ],
    why: 'The builder takes none of the keys that were offered, or knows no such user.',
    remedy:
      "Add the key's public half to `~/.ssh/authorized_keys` of that user on the builder. Under a Nix daemon the key of root is offered, unless the machine's line names another (third field).",
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
  {
    ...COMMON,
    id: 'ssh-too-many-keys',
    code: 'authentication-failed',
    message: 'Too many authentication failures',
    patterns: [/Too many authentication failures/i],
    examples: ['Received disconnect from 10.0.0.1 port 22:2: Too many authentication failures'],
    why: 'The agent offered so many keys that sshd hung up before the right one came.',
    remedy:
      'Set `IdentitiesOnly yes` and `IdentityFile` for that host in ssh_config on the runner, or load only the key that is meant for it.',
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
  {
    ...COMMON,
    id: 'ssh-key-unreadable',
    code: 'key-invalid',
    message: 'Load key "…": error in libcrypto',
    patterns: [/Load key "(?<file>[^"]*)": (?!bad permissions)(?<reason>[^\r\n]+)/i],
    examples: [
      'Load key "/home/ci/.ssh/id": error in libcrypto',
      'Load key "/home/ci/.ssh/id": invalid format',
      'Load key "/root/key": Permission denied',
    ],
    why: 'The key in {file} cannot be read ({reason}): usually a secret that lost its last line end, or got Windows line ends.',
    remedy:
      "Write it with `printf '%s\\n' \"$KEY\" | tr -d '\\r' > {file}; chmod 600 {file}` on the runner. The input `ssh-key` repairs both by itself.",
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
  {
    ...COMMON,
    id: 'ssh-key-open',
    code: 'key-invalid',
    message: 'WARNING: UNPROTECTED PRIVATE KEY FILE!',
    patterns: [
      /UNPROTECTED PRIVATE KEY FILE/,
      /Permissions \d+ for '(?<file>[^']+)' are too open/,
      /Load key "(?<file>[^"]*)": bad permissions/,
    ],
    examples: [
      "@         WARNING: UNPROTECTED PRIVATE KEY FILE!          @\nPermissions 0644 for '/home/ci/key' are too open.",
      'Load key "/home/ci/key": bad permissions',
    ],
    why: 'Others may read the key file, so OpenSSH leaves it out.',
    remedy: '`chmod 600 {file}` on the runner.',
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
  {
    ...COMMON,
    id: 'ssh-host-key-unknown',
    code: 'host-key-unknown',
    message: 'No … host key is known for …',
    patterns: [/^No (?<type>\S+) host key is known for (?<host>\S+)/im],
    examples: [
      'No ED25519 host key is known for [builder]:2222 and you have requested strict checking.',
    ],
    why: 'The known_hosts that count here have no line for {host}.',
    remedy: `On the builder itself, \`cat /etc/ssh/ssh_host_ed25519_key.pub\` prints the key; put it behind \`{host}\` into known_hosts of the user that runs \`ssh\`. ${ROOT}`,
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
  {
    ...COMMON,
    id: 'ssh-host-key-unverified',
    weight: 'symptom',
    code: 'host-key-unknown',
    message: 'Host key verification failed.',
    patterns: [/Host key verification failed/i],
    examples: ['Host key verification failed.'],
    why: 'No known_hosts that counts here has the host, and nobody is there to be asked. Lines before it may say more.',
    remedy: `Add the builder's line to known_hosts of the user that runs \`ssh\`. ${ROOT}`,
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
  {
    ...COMMON,
    id: 'ssh-host-key-changed',
    code: 'host-key-mismatch',
    message: 'REMOTE HOST IDENTIFICATION HAS CHANGED!',
    patterns: [
      /REMOTE HOST IDENTIFICATION HAS CHANGED/,
      /^(?:\S+ )?host key for (?<host>\S+) has changed/im,
    ],
    examples: [
      '@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\nHost key for builder has changed and you have requested strict checking.',
      'ED25519 host key for builder has changed and you have requested strict checking.',
    ],
    why: 'The builder was set up anew, or somebody is in between.',
    remedy:
      'Compare the fingerprint with `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` on the builder itself; only if they agree, `ssh-keygen -R {host}` on the runner, and add the new line.',
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
  {
    ...COMMON,
    id: 'ssh-host-key-revoked',
    code: 'host-key-revoked',
    message: 'REVOKED HOST KEY DETECTED!',
    patterns: [/REVOKED HOST KEY DETECTED|host key .* is marked as revoked/i],
    examples: ['@       WARNING: REVOKED HOST KEY DETECTED!               @'],
    why: 'known_hosts marks the key that the builder shows as @revoked.',
    remedy: 'Do not connect. Ask whoever runs the builder which key it has now.',
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
  {
    ...COMMON,
    id: 'ssh-host-key-types',
    code: 'host-key-mismatch',
    message: 'no matching host key type found. Their offer: …',
    patterns: [/no matching host key type found\. Their offer: (?<offer>[^\r\n]*)/i],
    examples: [
      'Unable to negotiate with 10.0.0.1 port 22: no matching host key type found. Their offer: ssh-dss',
    ],
    why: 'The builder has only host keys ({offer}) of types that this client does not take, or that known_hosts has no line of.',
    remedy:
      'Print its keys with `cat /etc/ssh/ssh_host_*_key.pub` on the builder, and put one into known_hosts on the runner.',
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
  {
    ...COMMON,
    id: 'ssh-configuration',
    code: 'input-invalid',
    message: 'Bad configuration option: …',
    patterns: [
      /^(?<line>[^\r\n]*(?:line \d+|command-line): Bad [^\r\n]*)/im,
      /^(?<line>Bad owner or permissions on [^\r\n]*)/im,
      /^(?<line>[^\r\n]*terminating, \d+ bad configuration options)/im,
    ],
    examples: [
      '/home/ci/.ssh/config: line 3: Bad configuration option: hots\n/home/ci/.ssh/config: terminating, 1 bad configuration options',
      'Bad owner or permissions on /home/ci/.ssh/config',
    ],
    why: 'A line of ssh_config is wrong or too new for this `ssh`, or anybody may write to the file.',
    remedy:
      'Correct it, or `chmod 600` it, on the runner; `ssh -G HOST` as the user that runs `ssh` tells whether it is taken.',
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
  {
    ...COMMON,
    id: 'ssh-no-shell',
    code: 'channel-refused',
    message: 'This account is currently not available.',
    patterns: [/This account is (?:currently )?not available/i],
    examples: [
      'This account is currently not available.',
      "error: cannot open connection to remote store 'ssh-ng://ci@builder': error: protocol mismatch, got 'This account is currently not available.'",
    ],
    why: 'The shell of that user on the builder is nologin, which runs a forced command no more than any other.',
    remedy:
      '`usermod --shell /bin/sh USER` on the builder; NixOS: `users.users.NAME.useDefaultShell = true`.',
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
];
