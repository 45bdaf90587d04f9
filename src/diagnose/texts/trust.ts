import type { TextCause } from '../cause.ts';

const COMMON = { source: 'daemon', weight: 'cause', chapter: "The builder's Nix" } as const;

const TRUST_LINE =
  'add `trusted-users = root USER` to /etc/nix/nix.conf there and `systemctl restart nix-daemon`';

/** Whom a daemon lets do what (daemon.cc, nix-daemon.cc, local-store.cc). */
export const TRUST_TEXTS: readonly TextCause[] = [
  {
    ...COMMON,
    id: 'user-not-allowed',
    code: 'daemon-untrusted',
    message: "user '…' is not allowed to connect to the Nix daemon",
    patterns: [/user '(?<user>[^']*)' is not allowed to connect to the Nix daemon/i],
    examples: ["error: user 'ci' is not allowed to connect to the Nix daemon"],
    why: '`allowed-users` in nix.conf on {machine} leaves {user} out. Only the journal of nix-daemon there says so: the client just loses its connection.',
    remedy:
      'Add {user} to the line `allowed-users` of /etc/nix/nix.conf on that machine, and `systemctl restart nix-daemon`.',
    shown: 'captured',
  },
  {
    ...COMMON,
    id: 'signature-missing',
    code: 'signature-required',
    chapter: 'Uploading',
    message: "cannot add path '…' because it lacks a signature by a trusted key",
    patterns: [
      /cannot (?:add path|register realisation) '(?<path>[^']*)' because it lacks a (?:valid signature|signature by a trusted key)/i,
    ],
    examples: [
      "error: cannot add path '/nix/store/q2wc1pzx0lk0jpw9gvs4fkcp1fbrj6cv-x' because it lacks a valid signature",
      "error: cannot add path '/nix/store/q2wc1pzx0lk0jpw9gvs4fkcp1fbrj6cv-x' because it lacks a signature by a trusted key",
      "error: cannot register realisation 'sha256:0000!out' because it lacks a signature by a trusted key",
    ],
    why: 'The side that receives the path trusts neither the user that sends it nor a key that signed it.',
    remedy:
      'The daemon of {machine} must trust this user (trusted-users) or the key that signed the path (trusted-public-keys).',
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
  {
    ...COMMON,
    id: 'untrusted-builds-nothing',
    code: 'daemon-untrusted',
    message: 'you are not privileged to build input-addressed derivations',
    patterns: [/you are not privileged to build input-addressed derivations/i],
    examples: ['error: you are not privileged to build input-addressed derivations'],
    why: 'As a builder, by `ssh://` or with a Nix before 2.16 on the runner, that machine builds for trusted users alone.',
    remedy:
      'Use it as `store` (`mode: remote-store`), which takes no trust; or write `ssh-ng://` and use Nix 2.16 or newer on the runner; or ' +
      `${TRUST_LINE}.`,
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
  {
    ...COMMON,
    id: 'not-privileged',
    code: 'daemon-untrusted',
    message: 'you are not privileged to …',
    patterns: [
      /repairing is not allowed because you are not in 'trusted-users'/i,
      /you are not privileged to (?<what>repair paths|add logs|create perm roots|add signatures)/i,
    ],
    examples: [
      "error: repairing is not allowed because you are not in 'trusted-users'",
      'error: you are not privileged to repair paths',
      'error: you are not privileged to add logs',
      'error: you are not privileged to create perm roots',
      'error: you are not privileged to add signatures',
    ],
    why: 'The daemon of {machine} does that for trusted users alone.',
    remedy: `Leave it out, or ${TRUST_LINE}.`,
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
  {
    ...COMMON,
    id: 'setting-ignored',
    weight: 'symptom',
    message:
      "ignoring the client-specified setting '…', because it is a restricted setting and you are not a trusted user",
    patterns: [/ignoring the client-specified setting '(?<setting>[^']*)'/i],
    examples: [
      "warning: ignoring the client-specified setting 'builders', because it is a restricted setting and you are not a trusted user",
    ],
    why: 'The daemon takes `{setting}` from trusted users alone, and went on without it.',
    remedy:
      'Set `{setting}` in /etc/nix/nix.conf of the machine whose daemon says so and restart it, or make the user trusted there.',
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
  {
    ...COMMON,
    id: 'substituter-ignored',
    weight: 'symptom',
    message: "ignoring untrusted substituter '…'",
    patterns: [/ignoring untrusted substituter '(?<substituter>[^']*)'/i],
    examples: [
      "warning: ignoring untrusted substituter 'https://cache.example.org', you are not a trusted user.",
      "warning: ignoring untrusted substituter 'https://cache.example.org'",
    ],
    why: 'The daemon takes substituters from trusted users alone, and went on without this one.',
    remedy:
      'Add `trusted-substituters = {substituter}` to /etc/nix/nix.conf of the machine whose daemon says so, and restart it.',
    shown: '__tests__/diagnose/stock-texts.lab.test.ts',
  },
];
